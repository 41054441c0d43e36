"""A real OpenID Connect provider in a process of its own, and a studio that signs people in with it."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from pytest_django.fixtures import Settings

from tests.waits import seconds

PEOPLE = [
    {"sub": "dora", "email": "dora@example.com", "email_verified": True, "name": "Dora"},
    {"sub": "alice", "email": "alice@example.com", "email_verified": True, "name": "Alice"},
    # Says whose address it is, but nobody has looked.
    {"sub": "mallory", "email": "alice@example.com", "email_verified": False, "name": "Mallory"},
    {"sub": "maybe-dora", "email": "dora@example.com", "email_verified": False},
    {"sub": "worded-dora", "email": "dora@example.com", "email_verified": "false"},
    {"sub": "silent-dora", "email": "dora@example.com"},
]


@contextmanager
def running_provider() -> Iterator[str]:
    """The address of a provider that knows PEOPLE."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    known = [option for person in PEOPLE for option in ("--user-claims", json.dumps(person))]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), *known]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        address = f"http://127.0.0.1:{port}"
        _wait_for(address)
        yield address
        process.terminate()


def _wait_for(address: str) -> None:
    until = time.monotonic() + seconds(30)
    while True:
        try:
            httpx.get(f"{address}/.well-known/openid-configuration", trust_env=False).raise_for_status()
        except httpx.TransportError:
            assert time.monotonic() < until, "the provider does not answer"
            time.sleep(0.1)
        else:
            return


def use_provider(settings: Settings, provider: str) -> None:
    """The settings as they are with those of OIDC_ given."""
    app: dict[str, Any] = {
        "provider_id": "oidc",
        "name": "Our directory",
        "client_id": "studio",
        "secret": "not-a-secret",
        "settings": {"server_url": provider},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
    policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": policy | {"form-action": ["'self'", provider]}}
