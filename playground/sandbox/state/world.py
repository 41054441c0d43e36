"""The state that all parts of the sandbox share, and the call that is being handled."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Final

import httpx

from playground.evolink.guard import SyncGuardedTransport
from playground.evolink.model import DEFAULT_GROUP
from playground.evolink.rate_table import BUILT_IN, RateTable
from playground.sandbox import painter
from playground.sandbox.replies import Refusal
from playground.sandbox.script import Script, key_scenario, read_options
from playground.sandbox.state.store import Store

UNITS_PER_CREDIT: Final = 10_000
BRIEFLY: Final = 30.0  # seconds for which a key is refused by mistake
VIP: Final = "vip"


@dataclass(kw_only=True)
class World:
    """The state on disk, the clock, and the options of the sandbox."""

    store: Store
    clock: Callable[[], float] = time.time
    seconds_per_image: float = 6.0
    public_base: str = "https://files.sandbox.evolink.invalid"  # of result and upload links
    opening_credits: Decimal = Decimal(100_000)  # of an account that is seen for the first time
    max_files: int = 2000
    exempt_origins: Collection[str] = ()  # as `guard.origin_of` writes them
    scenarios: Sequence[str] = ()  # apply to every request, in addition to those of its prompt
    rates: RateTable = BUILT_IN  # what tasks are billed by; the price list stays that of the catalogue
    reports_usage: bool = True  # whether a finished task says what it cost
    paint: painter.Painter = painter.paint
    accepts_key: Callable[[str], bool] = field(default=lambda key: key.startswith("sk-") and len(key) > 3)

    swept: float = 0.0  # unix seconds; when this process last deleted what has expired

    @cached_property
    def web(self) -> httpx.Client:
        """The HTTP client for reference images and callbacks. Public addresses only, no redirects, no proxies."""
        return httpx.Client(transport=SyncGuardedTransport(self.exempt_origins), timeout=10, trust_env=False)

    @property
    def directory(self) -> Path:
        return self.store.directory

    def close(self) -> None:
        if "web" in self.__dict__:
            self.web.close()
        self.store.close()

    def script(self) -> Script:
        """Return the scenarios that apply to every request."""
        return read_options(self.scenarios)


@dataclass
class Call:
    """One request that the sandbox is handling."""

    world: World
    request: httpx.Request
    now: float
    script: Script
    request_id: str = field(default_factory=lambda: f"{time.strftime('%Y%m%d%H%M%S')}{secrets.token_hex(6)}")
    account: str = ""  # SHA-256 of the key, once it was accepted
    opening: Decimal = Decimal(0)  # credits of a new account
    key_scenario: str = ""  # the scenario that the key names

    @property
    def dialect(self) -> str:
        """The dialect of the call's errors. The credits page still uses the old one (contract 4)."""
        credits_page = (self.request.method, self.request.url.path) == ("GET", "/v1/credits")
        return self.script.dialect or ("old" if credits_page else "new")

    def header(self, name: str) -> str | None:
        value = self.request.headers.get(name)
        return str(value) if value is not None else None

    def bearer(self) -> str:
        """Return the bearer key. Refuse the call when there is none."""
        scheme, _, key = (self.header("authorization") or "").partition(" ")
        if scheme.lower() != "bearer" or not key.strip():
            raise Refusal(401, "unauthorized", "Authentication required", "authentication_error")
        return key.strip()

    def authenticate(self) -> None:
        """Accept the bearer key or refuse the call."""
        key = self.bearer()
        if not self.world.accepts_key(key):
            raise Refusal(401, "unauthorized", "Invalid or expired token", "authentication_error")
        scenario = key_scenario(key)
        if scenario is not None and scenario.refusal is not None and scenario.path in ("", self.request.url.path):
            raise replace(scenario.refusal)
        self.key_scenario = scenario.name if scenario else ""
        self.account = hashlib.sha256(key.encode()).hexdigest()
        self.opening = Decimal(0) if self.key_scenario == "empty_account" else self.world.opening_credits
        if self.key_scenario == "unauthorized_briefly" and self._first_seen() > self.now - BRIEFLY:
            raise Refusal(401, "unauthorized", "Invalid or expired token", "authentication_error")

    @property
    def group(self) -> str:
        """The user group of the account. Groups pay different prices."""
        return VIP if self.key_scenario == VIP else DEFAULT_GROUP

    def _first_seen(self) -> float:
        """Return the time when the key was first used (unix seconds)."""
        key = (self.account, "")
        with self.world.store.writing() as connection:
            connection.execute(
                "insert into refusals (account, prompt, first) values (?, ?, ?) on conflict do nothing",
                (*key, self.now),
            )
            row = connection.execute("select first from refusals where account = ? and prompt = ?", key).fetchone()
        return float(row["first"])


def credits(count: int) -> Decimal:
    """Convert whole units of 0.0001 credits to credits."""
    return Decimal(count) / UNITS_PER_CREDIT


def units(amount: Decimal) -> int:
    """Convert credits to whole units. The amounts are already rounded to the unit."""
    return int((amount * UNITS_PER_CREDIT).to_integral_value())


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
