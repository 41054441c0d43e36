from django.db import migrations, models


class Migration(migrations.Migration):
    """Months are found by the moment an entry counts for. Apart from 0011, because PostgreSQL changes no table in the
    transaction that filled it."""

    dependencies = [
        ("playground", "0011_ledger_effective_at"),
    ]

    operations = [
        migrations.AlterField("ledgerentry", "effective_at", models.DateTimeField()),
        migrations.RemoveIndex("ledgerentry", "ledger_bills"),
        migrations.AddIndex(
            "ledgerentry",
            models.Index(
                fields=["effective_at"],
                name="ledger_bills",
                condition=models.Q(kind__in=("charge", "correction")),
            ),
        ),
    ]
