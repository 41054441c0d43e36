"""Databases that exist only during a bench."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
from psycopg import sql


@contextmanager
def named_databases(*, every: bool) -> Iterator[list[tuple[str, str]]]:
    """The name and the URL of each database to run on. An empty URL means SQLite in the data folder."""
    server = os.environ.get("POSTGRES_URL", "") if every else ""
    if not server:
        yield [("SQLite", "")]
        return
    with temporary_postgres(server) as url:
        yield [("SQLite", ""), ("PostgreSQL", url)]


@contextmanager
def temporary_postgres(server: str) -> Iterator[str]:
    """The URL of a new database on this server. It is dropped at the end."""
    name = f"bench_{secrets.token_hex(4)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlsplit(server)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
