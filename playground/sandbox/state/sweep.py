"""Deletes what has expired: pictures whose links have expired, their inputs, and expired uploads."""

from __future__ import annotations

from playground.sandbox.state.world import World

EVERY = 300.0  # seconds between two sweeps of one process
AT_ONCE = 100  # files of each kind


def sweep(world: World, now: float) -> None:
    """Delete what no request can read any more. The rows of tasks, charges and servings stay."""
    if now - world.swept < EVERY:
        return
    world.swept = now
    with world.store.writing() as connection:
        pictures = connection.execute(
            "select name from pictures where expires <= ? and not swept limit ?", (now, AT_ONCE)
        ).fetchall()
        inputs = connection.execute(
            "select path from inputs where task in"
            " (select task from pictures where expires <= ? union select id from tasks where state = 'failed')"
            " limit ?",
            (now, AT_ONCE),
        ).fetchall()
        uploads = connection.execute("select id from files where expires <= ? limit ?", (now, AT_ONCE)).fetchall()
        names = [(row["name"],) for row in pictures]
        connection.executemany("update pictures set swept = 1 where name = ?", names)
        connection.executemany("delete from inputs where path = ?", [(row["path"],) for row in inputs])
        connection.executemany("delete from files where id = ?", [(row["id"],) for row in uploads])
    dead = [f"pictures/{row['name']}" for row in pictures] + [row["path"] for row in inputs]
    for path in dead + [f"files/{row['id']}" for row in uploads]:
        (world.directory / path).unlink(missing_ok=True)
