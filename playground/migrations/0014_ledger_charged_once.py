from django.db import migrations, models


class Migration(migrations.Migration):
    """A generation that is opened again is held again, and its bill is corrected; it is charged once."""

    dependencies = [
        ("playground", "0013_generation_extra"),
    ]

    operations = [
        migrations.RemoveConstraint("ledgerentry", "ledger_each_kind_once"),
        migrations.AddConstraint(
            "ledgerentry",
            models.UniqueConstraint(
                fields=["generation"], name="ledger_charged_once", condition=models.Q(kind="charge")
            ),
        ),
    ]
