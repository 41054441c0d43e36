-- Everything the sandbox remembers. Money is in whole units of 0.0001 credits, times are unix seconds.

create table if not exists accounts (
    key text primary key,                   -- SHA-256 of the bearer key; the key itself is not kept
    granted integer not null,
    reserved integer not null default 0
);

create table if not exists tasks (
    id text primary key,
    account text not null references accounts (key),
    model text not null,
    prompt text not null,
    request text not null,                  -- the GenerationRequest, as JSON
    user_group text not null,               -- whose prices it is charged by
    scenarios text not null,                -- {"name": value}, as JSON
    width integer not null,
    height integer not null,
    n integer not null,
    seed integer not null,
    created real not null,
    ends real,                              -- when it is done by the clock; null: never
    reserved integer not null,
    idempotency_key text,
    fingerprint text not null,              -- SHA-256 of the canonical body
    inputs text not null default 'ready',   -- ready | waiting | failed: the reference images
    inputs_lease real not null default 0,   -- somebody fetches them until then
    state text not null default 'running',  -- running | completed | failed | cancelled
    finished real,
    error text,                             -- {"code", "message"} as JSON
    usage text,                             -- token counts as JSON
    charged integer                         -- its bill, whenever that is settled
);
create unique index if not exists tasks_idempotency on tasks (account, idempotency_key)
    where idempotency_key is not null;
create index if not exists tasks_running on tasks (ends) where state = 'running';
create index if not exists tasks_waiting on tasks (inputs_lease) where inputs = 'waiting';
create index if not exists tasks_listed on tasks (account, created);

create table if not exists inputs (
    task text not null references tasks (id),
    place integer not null,                 -- 0..15 as in image_urls; -1 is the mask
    path text not null,                     -- below the sandbox's directory
    primary key (task, place)
);

create table if not exists pictures (
    name text primary key,                  -- the last part of the result link, unguessable
    task text not null references tasks (id),
    place integer not null,
    expires real not null,
    sha256 text,                            -- set when it is first served
    length integer,
    swept integer not null default 0        -- expired, and its file thrown away
);
create index if not exists pictures_of_task on pictures (task);
create index if not exists pictures_expiry on pictures (expires) where not swept;

-- What is taken from an account, and given back (negative), each when its time has come.
create table if not exists charges (
    id integer primary key,
    task text not null references tasks (id),
    account text not null,
    amount integer not null,
    at real not null
);
create index if not exists charges_of_account on charges (account);
create index if not exists charges_of_task on charges (task);

create table if not exists servings (
    id integer primary key,
    task text not null,
    place integer not null,
    sha256 text not null,
    length integer not null,
    at real not null
);

create table if not exists files (
    id text primary key,
    account text not null,
    name text not null,
    original_name text not null,
    folder text not null,
    mime_type text not null,
    length integer not null,
    uploaded real not null,
    expires real not null,
    upload_id text,                         -- the uploader's own name for it, to ask for a receipt
    unique (folder, name)
);
create index if not exists files_receipts on files (account, upload_id) where upload_id is not null;

create table if not exists upload_tokens (
    token text primary key,                 -- SHA-256
    account text not null,
    created real not null,
    expires real not null
);

-- When a prompt that is to be refused for some seconds was first refused.
create table if not exists refusals (
    account text not null,
    prompt text not null,                   -- SHA-256
    first real not null,
    primary key (account, prompt)
);

create table if not exists callbacks (
    id integer primary key,
    task text not null references tasks (id),
    url text not null,
    state text not null,                    -- the task state whose body is sent
    due real not null,
    failures integer not null default 0,
    lease real not null default 0,
    outcome text                            -- null while it waits; then delivered | given up
);
create index if not exists callbacks_due on callbacks (due) where outcome is null;
