"""Databases that live as long as a bench."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
from psycopg import sql


@contextmanager
def named_databases(*, every: bool) -> Iterator[list[tuple[str, str]]]:
    """What to call it and its URL, for each database to run on. An empty URL is SQLite in the data folder."""
    server = os.environ.get("POSTGRES_URL", "") if every else ""
    if not server:
        yield [("SQLite", "")]
        return
    with temporary_postgres(server) as url:
        yield [("SQLite", ""), ("PostgreSQL", url)]


@contextmanager
def temporary_postgres(server: str) -> Iterator[str]:
    """A new database on the server that this URL names, gone again at the end."""
    name = f"bench_{secrets.token_hex(4)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlsplit(server)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
