"""The hostile upstream as a process: `python -m tests.hostile.server FOLDER`.

The sandbox answers every request; what stands in front of it damages the answers as `damages` says. It writes into
FOLDER/log.jsonl what is true, before the answer goes out (see `log`). `POST /hostile/` changes how it behaves.
Killed and started again on the same folder it goes on: what the sandbox has recorded and the log has not is written
down at the start.
"""

import argparse
import hashlib
import json
import random
import re
import socket
import struct
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from playground.sandbox import Sandbox, paint_plain
from playground.sandbox.replies import Refusal, Wire, answer, carry, dump, page, refuse
from playground.sandbox.server import Handler, SandboxServer
from playground.sandbox.state import pictures
from playground.sandbox.state.world import credits
from tests.hostile.damages import LIES, LISTINGS, LOST_BEFORE, REFUSED, SUMS, Fate, drawn, told
from tests.hostile.log import Log, read

TASK = re.compile(r"/v1/tasks/([^/]+)")
NO_TASK = "task-unified-1700000000-an0ther1"
TICK = 0.05  # seconds between two looks at what has ended and which callbacks are due
DRIP_SECONDS = 1.0
SLOW_SECONDS = 1.0
# How long it lies about an account: that its sums stand still, and that its newest tasks are not there.
LIE_SECONDS = 300.0
# When a callback is delivered, in seconds after its task has ended.
LATE = {"late": 5.0, "hours_late": 7 * 3600.0}


@dataclass(frozen=True)
class Torn(Wire):
    """The connection is reset, and not closed in order."""


@dataclass
class Order:
    """One task, and what is left of the damage to its readings."""

    task: str
    prompt: str
    fate: Fate
    callback_url: str | None
    readings: list[str]
    accepted_at: float  # by the upstream's clock, as all times here
    ended_at: float | None = None
    links: int = 0
    called_back: int = 0


class Hostile(Sandbox):
    """The sandbox with damaged answers. `seed` draws the fate of orders whose prompt asks for none; empty: none is
    damaged. `callbacks_to` is the origin that stands for the one in callback addresses; empty: none is delivered."""

    def __init__(self, folder: Path, *, seed: str, callbacks_to: str, ahead: float) -> None:
        super().__init__(
            folder / "sandbox", seconds_per_image=0.0, clock=lambda: time.time() + self.ahead, paint=paint_plain
        )
        self.ahead = ahead  # seconds
        self.seed = seed
        self.callbacks_to = callbacks_to
        self.kind = False
        self.log = Log(folder / "log.jsonl")
        self.orders: dict[str, Order] = {}
        self.posts: dict[str, int] = defaultdict(int)
        self.fetched: dict[str, int] = defaultdict(int)
        self.noticed_at = 0.0  # unix seconds
        self.charges: set[tuple[str, str]] = set()  # what was written down: the task, and when it was charged
        self.sums: tuple[str, ...] = ()
        self.listings: tuple[str, ...] = ()
        self.told_sums: dict[str, tuple[float, httpx.Response]] = {}
        self.spent_by_others: dict[str, Decimal] = defaultdict(Decimal)
        self.chance = random.Random(seed)
        self.lock = threading.RLock()
        self.delivering = threading.Lock()
        # Otherwise the studio's thread would keep its database open for the next callback.
        self._web = httpx.Client(timeout=10, trust_env=False, headers={"connection": "close"})
        self._continue(read(folder / "log.jsonl"))

    def handle(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path == "/hostile/":
            return self._told(json.loads(request.content))
        if (request.method, path) == ("POST", "/v1/images/generations"):
            return self._order(request)
        self.notice()
        if found := TASK.fullmatch(path):
            return self._reading(request, found[1])
        if path == "/v1/tasks":
            return self._listing(request)
        if path == "/v1/credits":
            return self._credits(request)
        if found := pictures.PATH.fullmatch(path):
            return self._link(request, found[1])
        return super().handle(request)

    # --- Being told ---

    def _told(self, words: dict[str, Any]) -> httpx.Response:
        """Change what is named: kind, ahead, callbacks_to, sums and listings (damage to the next answers)."""
        with self.delivering, self.lock:
            for name, value in words.items():
                setattr(self, name, tuple(value) if isinstance(value, list) else value)
        self.notice()
        waiting = [order.task for order in self.orders.values() if self._next_callback(order) is not None]
        return answer({"waiting": waiting})

    def _continue(self, lines: list[dict[str, Any]]) -> None:
        """Take up what an earlier process has left."""
        accepted = {line["task"]: line for line in lines if line["what"] == "accepted"}
        for line in lines:
            if line["what"] == "post":
                self.posts[line["order"]] += 1
            elif line["what"] == "charge":
                self.charges.add((line["task"], line["moment"]))
        arrived = {line["key"] for line in lines if line["what"] == "post" and line["outcome"] == "accepted"}
        for entry in self.task_log():
            prompt = self._bare(entry.prompt)
            if entry.idempotency_key not in arrived:
                self._arrived(prompt, str(entry.idempotency_key), "", "killed", "accepted")
            if entry.id in accepted:
                self._remember(entry.id, prompt, accepted[entry.id]["callback_url"], accepted[entry.id]["at"])
            else:
                self._accepted(entry.id, prompt, entry.idempotency_key, "", entry.callback_url)
        ended = {line["task"]: line for line in lines if line["what"] == "finished"}
        for task, line in ended.items():
            self.orders[task].ended_at, self.orders[task].links = line["at"], line["links"]
        for line in lines:
            if line["what"] == "callback":
                self.orders[line["task"]].called_back += 1

    # --- Orders ---

    def _order(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        prompt, key = body["prompt"], request.headers.get("idempotency-key", "")
        digest = hashlib.sha256(dump({**body, "callback_url": ""})).hexdigest()
        fate = self._fate(prompt)
        with self.lock:
            number = self.posts[prompt]
            self.posts[prompt] += 1
        damage = fate.answers[number] if number < len(fate.answers) and not self.kind else ""

        def arrived(outcome: str) -> None:
            self._arrived(prompt, key, digest, damage, outcome)

        if damage in REFUSED:
            arrived("refused")
            return _refused(*REFUSED[damage], retry_after="0.1")
        if damage in LOST_BEFORE:
            arrived("lost before")
            return self._broken(damage.removesuffix("_before"), answer({}))
        response = super().handle(self._with_scenarios(request, body, fate))
        if not response.is_success:
            arrived("refused")
            return response
        task = json.loads(response.content)["id"]
        arrived("accepted")
        if task not in self.orders:
            account = hashlib.sha256(request.headers["authorization"].encode()).hexdigest()
            self._accepted(task, prompt, key, account, body.get("callback_url"))
        self.notice()
        return self._broken(damage, response, of=task)

    def _arrived(self, prompt: str, key: str, digest: str, damage: str, outcome: str) -> None:
        facts = {"key": key, "body": digest, "damage": damage, "outcome": outcome}
        self.log.write("post", self.world.clock(), order=prompt, **facts)

    def _with_scenarios(self, request: httpx.Request, body: dict[str, Any], fate: Fate) -> httpx.Request:
        """The request as the sandbox gets it: its scenarios are words in the prompt."""
        words = "".join(f" sandbox:{name}" for name in fate.scenarios)
        headers = [(name, value) for name, value in request.headers.items() if name.lower() != "content-length"]
        content = dump({**body, "prompt": body["prompt"] + words})
        return httpx.Request(request.method, request.url, headers=headers, content=content)

    def _bare(self, prompt: str) -> str:
        return re.sub(r" sandbox:\S+", "", prompt)

    def _fate(self, prompt: str) -> Fate:
        return told(prompt) or (drawn(f"{self.seed} {prompt}") if self.seed else Fate())

    def _accepted(self, task: str, prompt: str, key: str | None, account: str, callback_url: str | None) -> None:
        facts = {"order": prompt, "key": key, "account": account, "callback_url": callback_url}
        now = self.world.clock()
        self.log.write("accepted", now, task=task, **facts)
        self._remember(task, prompt, callback_url, now)

    def _remember(self, task: str, prompt: str, callback_url: str | None, at: float) -> None:
        fate = self._fate(prompt)
        with self.lock:
            self.orders[task] = Order(task, prompt, fate, callback_url, list(fate.readings), at)

    def notice(self) -> None:
        """Write down which tasks have ended, and what was charged."""
        now = self.world.clock()
        with self.lock:
            running = [order for order in self.orders.values() if order.ended_at is None]
            if running:
                self.settle()
            ended = dict(self._rows("select id, state from tasks where state != 'running'")) if running else {}
            for order in [order for order in running if order.task in ended]:
                count = "select count(*) as links from pictures where task = ?"
                order.links = self._rows(count, order.task)[0]["links"]
                self.log.write("finished", now, task=order.task, status=ended[order.task], links=order.links)
                order.ended_at = now
            # Some seconds earlier too, because a charge counts from the end of its task, and not from when it is seen.
            newest = "select task, amount, at from charges where at <= ? and at > ?"
            for charge in self._rows(newest, now, self.noticed_at - LIE_SECONDS):
                line = (charge["task"], str(charge["at"]))
                if line not in self.charges:
                    self.charges.add(line)
                    self.log.write("charge", now, task=line[0], moment=line[1], credits=str(credits(charge["amount"])))
            self.noticed_at = now

    # --- Reading ---

    def _reading(self, request: httpx.Request, task: str) -> httpx.Response:
        response = super().handle(request)
        order = self.orders.get(task)
        if order is None or not response.is_success:
            return response
        body = json.loads(response.content)
        with self.lock:
            damage = "" if self.kind or not order.readings else order.readings[0]
            if damage in LIES and body["status"] != "completed":
                damage = ""
            elif damage:
                order.readings.pop(0)
        if damage in LIES:
            return answer(_lie(damage, body))
        if damage == "not_found":
            return _refused(404, "task_not_found", "not_found_error")
        if damage in ("too_many", "unauthorized"):
            return _refused(*REFUSED[damage], retry_after="0.1")
        if damage == "another_task":
            return self._about_another(request, task)
        return self._broken(damage, response, of=task)

    def _about_another(self, request: httpx.Request, task: str) -> httpx.Response:
        """The whole answer about another task of the same account, if there is one."""
        for other in reversed([*self.orders]):
            if other != task:
                response = super().handle(
                    httpx.Request("GET", request.url.copy_with(path=f"/v1/tasks/{other}"), headers=request.headers)
                )
                if response.is_success:
                    return response
        return answer({"id": NO_TASK, "status": "processing"})

    def _listing(self, request: httpx.Request) -> httpx.Response:
        damage = self._next("listings", LISTINGS)
        response = super().handle(request)
        if damage == "refused":
            return _refused(403, "permission_denied", "permission_error")
        if damage == "unknown_route":
            return refuse(Refusal(404, None, "Invalid URL (GET /v1/tasks)"), dialect="new", request_id="")
        if damage == "late" and response.is_success:
            body, now = json.loads(response.content), self.world.clock()
            body["data"] = [line for line in body["data"] if now - line["created_at"] > LIE_SECONDS]
            return answer(body)
        return self._broken(damage, response)

    def _credits(self, request: httpx.Request) -> httpx.Response:
        damage = self._next("sums", SUMS)
        response, now = super().handle(request), self.world.clock()
        if not response.is_success:
            return response
        account = request.headers["authorization"]
        body = json.loads(response.content)
        if damage == "moved":
            self.spent_by_others[account] += Decimal("1.5")
        others = self.spent_by_others[account]
        for sums in body["data"].values():
            sums["used_credits"] = Decimal(str(sums["used_credits"])) + others
            sums["remaining_credits"] = Decimal(str(sums["remaining_credits"])) - others
        if damage == "incomplete":
            del body["data"]["user"]
        response = answer(body)
        earlier = self.told_sums.get(account)
        if damage == "still" and earlier and now - earlier[0] < LIE_SECONDS:
            return answer(json.loads(earlier[1].content))
        if damage in ("", "still", "moved"):
            self.told_sums[account] = (now, response)
        return self._broken(damage, response)

    def _next(self, place: str, drawn_from: tuple[str, ...]) -> str:
        """The damage to the next answer of an account's own: as it was told, or else by chance."""
        with self.lock:
            asked: tuple[str, ...] = getattr(self, place)
            if asked:
                setattr(self, place, asked[1:])
                return asked[0]
            if self.kind or not self.seed or self.chance.random() < 0.6:
                return ""
            return self.chance.choice(drawn_from)

    def _link(self, request: httpx.Request, name: str) -> httpx.Response:
        with self.world.store.reading() as connection:
            row = connection.execute("select task, place from pictures where name = ?", (name,)).fetchone()
        order = self.orders.get(row["task"]) if row else None
        with self.lock:
            number = self.fetched[name]
            self.fetched[name] += 1
        links = order.fate.links if order else ()
        damage = links[number] if number < len(links) and not self.kind else ""
        if damage in ("forbidden", "gone", "missing"):
            status = {"forbidden": 403, "gone": 410, "missing": 404}[damage]
            return _refused(status, "resource_not_found", "not_found_error")
        if damage == "empty":
            return httpx.Response(200, content=b"", headers={"content-type": "image/png"})
        response = super().handle(request)
        if response.status_code == 200 and damage in ("", "drip", "slow"):
            facts = {"index": row["place"], "sha256": hashlib.sha256(response.read()).hexdigest()}
            self.log.write("served", self.world.clock(), task=row["task"], **facts)
        return self._broken(damage, response)

    # --- Damage to any answer ---

    def _broken(self, damage: str, response: httpx.Response, *, of: str = "") -> httpx.Response:
        """The answer with this damage; unchanged without one. `of` is the task that an order made."""
        wires = {
            "lost": Torn(lost=True),
            "reset": Torn(lost=True),
            "lost_late": Torn(lost=True, delay=SLOW_SECONDS),
            "cut": Torn(cut=True),
            "drip": Wire(drip=DRIP_SECONDS),
            "slow": Wire(delay=SLOW_SECONDS),
        }
        if damage in wires:
            return carry(response, replace(wires[damage], encoding=None))
        if damage == "page":
            return page(200, "One moment, please")
        if damage == "broken_json":
            return httpx.Response(200, content=response.content[:-9], headers={"content-type": "application/json"})
        if damage in ("without_id", "another_id"):
            body = json.loads(response.content)
            body["id"] = f"task-unified-{int(self.world.clock())}-n0tours{len(self.orders) % 10}"
            if damage == "without_id":
                del body["id"]
            return answer(body)
        if damage == "bad_gateway":
            return page(502, "Bad gateway")
        bare = {"error_500": 500, "closed_bare": 503, "busy_bare": 429}
        if damage in bare:
            return refuse(Refusal(bare[damage], None, "Something is wrong", ""), dialect="new", request_id="")
        return response

    # --- Callbacks ---

    def _next_callback(self, order: Order) -> tuple[float, str] | None:
        """When the next callback of an order is due and how it is damaged. None if no more comes."""
        [how] = order.fate.callbacks
        if order.callback_url is None or how == "never" or order.called_back >= (2 if how == "twice" else 1):
            return None
        if how == "early":
            return 0.0, how
        return None if order.ended_at is None else (order.ended_at + LATE.get(how, 0.0), how)

    def call_back(self) -> None:
        """Deliver the callbacks that are due."""
        self.notice()
        for order in [*self.orders.values()]:
            with self.delivering:
                due = self._next_callback(order)
                if self.callbacks_to and due is not None and due[0] <= self.world.clock():
                    order.called_back += 1
                    self._deliver(order, due[1])

    def _deliver(self, order: Order, how: str) -> None:
        # Not one of about the same time: if both orders were lost, nobody could tell that it is a lie.
        earlier = [task for task, other in self.orders.items() if other.accepted_at < order.accepted_at - LIE_SECONDS]
        another = earlier[-1] if earlier else NO_TASK
        names = {"another_task": another, "no_task": "", "garbage": ""}.get(how, order.task)
        content = b"{{" if how == "garbage" else dump({"id": names, "status": "completed"} if names else {})
        url = self.callbacks_to + urlsplit(str(order.callback_url)).path
        try:
            status = self._web.post(url, content=content, headers={"content-type": "application/json"}).status_code
        except httpx.HTTPError as error:
            status = type(error).__name__
        self.log.write("callback", self.world.clock(), task=order.task, url=url, names=names, status=status)

    def tick(self, stop: threading.Event) -> None:
        while not stop.wait(TICK):
            self.call_back()


def _refused(status: int, code: str, kind: str, *, retry_after: str = "") -> httpx.Response:
    headers = {"retry-after": retry_after} if retry_after and status in (429, 503) else {}
    return refuse(Refusal(status, code, "Refused", kind, headers=headers), dialect="new", request_id="")


def _lie(damage: str, body: dict[str, Any]) -> dict[str, Any]:
    """The body of a completed task with a lie in it."""
    if damage == "fewer_links":
        return {**body, "results": body["results"][:-1]}
    if damage == "no_links":
        return {**body, "results": []}
    kept = {name: value for name, value in body.items() if name not in ("results", "billing", "usage")}
    if damage == "running_again":
        return {**kept, "status": "processing", "progress": 40}
    failed = {**kept, "status": "failed", "progress": 0, "error": {"code": "service_error", "message": "Service error"}}
    if damage == "failed":
        return failed
    reserved = body.get("usage", {}).get("credits_reserved", 1)
    released = {"charge_status": "released", "charged_credits": 0, "reserved_credits": reserved}
    return {**failed, "billing": {**released, "refund_status": "completed", "refunded_credits": reserved}}


class HostileHandler(Handler):
    """Resets connections too, and does not only close them."""

    _torn = False

    def _send(self, response: httpx.Response, wire: Wire) -> None:
        self._torn = isinstance(wire, Torn)
        super()._send(response, wire)

    def _hang_up(self) -> None:
        if not self._torn:
            super()._hang_up()
            return
        self.close_connection = True
        self.wfile.flush()
        # Closing a socket that does not linger resets the connection.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        socket.close(self.connection.detach())


class HostileServer(SandboxServer):
    """The sandbox's server with its own handler. The callbacks are the hostile sandbox's, not the postman's."""

    def __init__(self, hostile: Hostile, port: int) -> None:
        super().__init__(hostile, "127.0.0.1", port)
        self.RequestHandlerClass = HostileHandler

    def serve_forever(self, poll_interval: float = 0.1) -> None:
        super(SandboxServer, self).serve_forever(poll_interval)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that were killed while it answered."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def serve(folder: Path, port: int, announce: Callable[[str], None], **options: Any) -> None:
    hostile = Hostile(folder, **options)
    with HostileServer(hostile, port) as server:
        stop = threading.Event()
        threading.Thread(target=hostile.tick, args=[stop], daemon=True).start()
        announce(server.base)
        server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--seed", default="", help="draws what happens to each order (default: nothing does)")
    parser.add_argument("--callbacks-to", default="", metavar="ORIGIN", help="stands for the one in callback addresses")
    parser.add_argument("--ahead", type=float, default=0.0, help="seconds that its clock is ahead")
    options = parser.parse_args()
    serve(
        options.folder,
        options.port,
        lambda base: print(base, flush=True),
        seed=options.seed,
        callbacks_to=options.callbacks_to,
        ahead=options.ahead,
    )


if __name__ == "__main__":
    main()
