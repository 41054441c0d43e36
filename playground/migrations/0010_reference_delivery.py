from django.db import migrations, models
from django.db.migrations.state import StateApps


def rename(apps: StateApps, old: str, new: str) -> None:
    apps.get_model("playground", "Generation").objects.filter(reference_way=old).update(reference_way=new)


class Migration(migrations.Migration):
    """The way `here` is called `own`, as in the setting."""

    dependencies = [
        ("playground", "0001_squashed_0009_share_links"),
    ]

    operations = [
        migrations.AlterField(
            model_name="generation",
            name="reference_way",
            field=models.CharField(
                blank=True,
                choices=[
                    ("own", "served by this studio"),
                    ("bucket", "served by the storage, by signed links"),
                    ("evolink", "uploaded to EvoLink’s own file storage"),
                ],
                max_length=8,
            ),
        ),
        migrations.RunPython(
            lambda apps, editor: rename(apps, "here", "own"),
            lambda apps, editor: rename(apps, "own", "here"),
        ),
    ]
