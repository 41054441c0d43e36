"""Sessions move from Django's table, and their browsers from allauth's, into one of our own."""

from datetime import timedelta

import django.db.models.deletion
import django.utils.timezone
from django.apps.registry import Apps
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import migrations, models
from django.utils import timezone

# Where the class was that signs people in, and where it is. Django drops sessions that name a class it does not know.
MOVED = {"accounts.backends.Backend": "accounts.auth.backend.Backend"}
BATCH = 500


class OldSession(models.Model):
    """Django's table, whose app is not installed any more."""

    session_key = models.CharField(max_length=40, primary_key=True)
    session_data = models.TextField()
    expire_date = models.DateTimeField(db_index=True)

    class Meta:
        apps = Apps()
        app_label = "sessions"
        db_table = "django_session"


class OldBrowser(models.Model):
    """allauth's table, whose app is not installed any more."""

    user_id = models.BigIntegerField()
    created_at = models.DateTimeField()
    ip = models.GenericIPAddressField()
    last_seen_at = models.DateTimeField()
    session_key = models.CharField(max_length=40, unique=True)
    user_agent = models.CharField(max_length=200)
    data = models.JSONField(default=dict)

    class Meta:
        apps = Apps()
        app_label = "usersessions"
        db_table = "usersessions_usersession"


def take_over(apps, schema_editor):
    """Everybody stays signed in: keys and data stay the same. A new database has no old tables."""
    connection = schema_editor.connection
    tables = connection.introspection.table_names()
    browsers = {}
    if OldBrowser._meta.db_table in tables:
        browsers = {row.session_key: row for row in OldBrowser.objects.using(connection.alias)}
    if OldSession._meta.db_table in tables:
        _copy(apps, connection.alias, browsers)
    for model in (OldBrowser, OldSession):
        if model._meta.db_table in tables:
            schema_editor.delete_model(model)


def _copy(apps, database, browsers):
    Session = apps.get_model("accounts", "Session")
    people = set(apps.get_model("accounts", "User").objects.using(database).values_list("pk", flat=True))
    rows = []
    for old in OldSession.objects.using(database).filter(expire_date__gt=timezone.now()).iterator():
        row = _taken_over(Session, old, browsers.get(old.session_key))
        if row.user_id is None or row.user_id in people:
            rows.append(row)
    Session.objects.using(database).bulk_create(rows, batch_size=BATCH)


def _taken_over(Session, old, browser):
    """What allauth did not list was last written `SESSION_COOKIE_AGE` before it ends."""
    store = SessionStore()
    data = store.decode(old.session_data)
    user = data.get(SESSION_KEY)
    backend = MOVED.get(data.get(BACKEND_SESSION_KEY))
    written = old.expire_date - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return Session(
        session_key=old.session_key,
        session_data=store.encode(data | {BACKEND_SESSION_KEY: backend}) if backend else old.session_data,
        expire_date=old.expire_date,
        user_id=user and int(user),
        ip=browser.ip if browser and browser.ip != "0.0.0.0" else None,
        user_agent=browser.user_agent if browser else "",
        created_at=browser.created_at if browser else written,
        last_seen_at=browser.last_seen_at if browser else written,
    )


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0001_squashed_0006_seen_language"),
    ]

    operations = [
        migrations.CreateModel(
            name="Session",
            fields=[
                ("session_key", models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="session key")),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("ip", models.GenericIPAddressField(editable=False, null=True)),
                ("user_agent", models.CharField(editable=False, max_length=200)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("last_seen_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("user", models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="sessions", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "verbose_name": "session",
                "verbose_name_plural": "sessions",
                "abstract": False,
            },
        ),
        # Whoever goes back signs in again.
        migrations.RunPython(take_over, migrations.RunPython.noop),
    ]
