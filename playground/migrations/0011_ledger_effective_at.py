from django.db import migrations, models
from django.db.migrations.state import StateApps


def count_corrections_with_their_charge(apps: StateApps, editor: object) -> None:
    LedgerEntry = apps.get_model("playground", "LedgerEntry")
    LedgerEntry.objects.update(effective_at=models.F("at"))
    charges = LedgerEntry.objects.filter(kind="charge", generation=models.OuterRef("generation"))
    LedgerEntry.objects.filter(models.Exists(charges), kind="correction").update(
        effective_at=models.Subquery(charges.values("at")[:1])
    )


class Migration(migrations.Migration):
    """A correction counts for the month of its charge."""

    dependencies = [
        ("playground", "0010_reference_delivery"),
    ]

    operations = [
        migrations.AddField("ledgerentry", "effective_at", models.DateTimeField(null=True)),
        migrations.RunPython(count_corrections_with_their_charge, migrations.RunPython.noop),
    ]
