"""Empties the database after a test that has committed. Django's `flush` empties every table, and makes the content
types and permissions again. This takes as long as a test; on PostgreSQL, which truncates, it takes longer."""

from typing import Any

from django.db import connection, transaction

# Their rows come from migrations, and no test changes them.
KEPT = {"django_content_type", "auth_permission"}


def delete_rows(*_test: Any) -> None:
    """Deletes the rows of all models. Foreign keys are checked at the end, when all rows are gone."""
    tables = set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - KEPT
    quoted = [connection.ops.quote_name(table) for table in sorted(tables)]
    parts = [f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {table})" for table in quoted]  # noqa: S608
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        for (table,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608
