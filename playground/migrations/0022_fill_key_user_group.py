from django.db import migrations


def fill(apps, schema_editor):
    """Each key gets the user group of its newest attempt that knows one."""
    attempts = apps.get_model("playground", "Attempt").objects.exclude(user_group="").exclude(generation__key=None)
    known = dict(attempts.order_by("pk").values_list("generation__key", "user_group").iterator())
    keys = apps.get_model("accounts", "ApiKey").objects
    for key, group in known.items():
        keys.filter(pk=key).update(user_group=group)


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0009_key_user_group"),
        ("playground", "0021_taken_rates"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
