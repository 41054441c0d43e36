from django.contrib.auth import BACKEND_SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import migrations

BEFORE = "accounts.backends.Backend"
NOW = "accounts.auth.backend.Backend"


def rename(apps, before, now):
    store = SessionStore()
    for row in apps.get_model("sessions", "Session").objects.iterator():
        data = store.decode(row.session_data)
        if data.get(BACKEND_SESSION_KEY) == before:
            row.session_data = store.encode(data | {BACKEND_SESSION_KEY: now})
            row.save(update_fields=["session_data"])


class Migration(migrations.Migration):
    """Every session names the class that opened it. That class moved, and nobody is signed out by it."""

    dependencies = [
        ("accounts", "0001_squashed_0006_seen_language"),
        ("sessions", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(
            lambda apps, editor: rename(apps, BEFORE, NOW),
            lambda apps, editor: rename(apps, NOW, BEFORE),
        ),
    ]
