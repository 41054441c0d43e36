"""The one private name of httpx that we use. No other module may use such names.

httpx may change it in any version, so pyproject.toml pins httpx and httpcore, and tests/evolink/test_httpx_internals.py
tests it. Run those tests before you raise a version.
"""

from typing import overload

import httpcore
import httpx


@overload
def use_pool(transport: httpx.AsyncHTTPTransport, pool: httpcore.AsyncConnectionPool) -> None: ...
@overload
def use_pool(transport: httpx.HTTPTransport, pool: httpcore.ConnectionPool) -> None: ...
def use_pool(
    transport: httpx.AsyncHTTPTransport | httpx.HTTPTransport,
    pool: httpcore.AsyncConnectionPool | httpcore.ConnectionPool,
) -> None:
    """Makes a transport take its connections from this pool. httpx makes the pool itself, and has no option for the
    network backend."""
    transport._pool = pool
