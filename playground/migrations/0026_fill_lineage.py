from django.db import migrations
from django.db.migrations.state import StateApps


def fill(apps: StateApps, editor: object) -> None:
    """A generation made from a picture of this studio comes from that picture's generation: the first one, of several.
    Parents are older than their children, so going by age each parent already knows the first of its family."""
    generations = apps.get_model("playground", "Generation").objects
    uses = apps.get_model("playground", "ReferenceUse").objects.filter(reference__source__isnull=False)
    columns = ("generation", "reference__source__generation", "reference__source__index")
    roots: dict[int, int] = {}
    for row, parent, index in uses.order_by("generation", "position").values_list(*columns).iterator():
        if row in roots or parent >= row:
            continue
        roots[row] = roots.get(parent, parent)
        generations.filter(pk=row).update(
            parent=parent, parent_index=index, root=roots[row], lineage="reference"
        )


class Migration(migrations.Migration):
    dependencies = [("playground", "0025_lineage")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
