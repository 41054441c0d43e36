from django.db import migrations

from accounts.auth import second_steps


def rewrite(apps, change):
    Authenticator = apps.get_model("mfa", "Authenticator")
    for row in Authenticator.objects.filter(type__in=second_steps.SECRETS).iterator():
        row.data = second_steps.changed(row.type, row.data, change)
        row.save(update_fields=["data"])


def seal(apps, schema_editor):
    rewrite(apps, second_steps.encrypt)


def unseal(apps, schema_editor):
    rewrite(apps, second_steps.decrypt)


class Migration(migrations.Migration):
    """Rows from before these secrets were locked with the key ring."""

    dependencies = [
        ("accounts", "0003_more_events"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [migrations.RunPython(seal, unseal)]
