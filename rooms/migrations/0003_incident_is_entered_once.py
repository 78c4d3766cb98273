"""An incident carries its sender's id, so that a double tap makes no second one."""

from typing import Any
from uuid import uuid4

from django.db import migrations, models


def give_ids(apps: Any, _editor: Any) -> None:
    """Each incident there is, and its history, gets an id of its own."""
    past = apps.get_model("rooms", "HistoricalIncident").objects
    for incident in apps.get_model("rooms", "Incident").objects.all():
        incident.client_id = uuid4()
        incident.save(update_fields=["client_id"])
        past.filter(id=incident.pk).update(client_id=incident.client_id)
    past.filter(client_id__isnull=True).update(client_id=uuid4())


class Migration(migrations.Migration):
    dependencies = [("rooms", "0002_observation_site")]

    operations = [
        migrations.AddField("incident", "client_id", models.UUIDField(editable=False, null=True)),
        migrations.AddField("historicalincident", "client_id", models.UUIDField(editable=False, null=True)),
        migrations.RunPython(give_ids, migrations.RunPython.noop),
        migrations.AlterField("incident", "client_id", models.UUIDField(default=uuid4, editable=False, unique=True)),
        migrations.AlterField(
            "historicalincident", "client_id", models.UUIDField(db_index=True, default=uuid4, editable=False)
        ),
    ]
