from django.db import migrations
from django.db.migrations.state import StateApps
from django.db.models import F


def settle_what_has_ended(apps: StateApps, editor: object) -> None:
    """Until now the cost was booked when the generation ended."""
    apps.get_model("playground", "Generation").objects.filter(finished_at__isnull=False).update(
        settled_at=F("finished_at")
    )
    apps.get_model("playground", "Attempt").objects.filter(sent_at__isnull=False).update(first_sent_at=F("sent_at"))


class Migration(migrations.Migration):
    dependencies = [("playground", "0016_settled_apart")]
    operations = [migrations.RunPython(settle_what_has_ended, migrations.RunPython.noop)]
