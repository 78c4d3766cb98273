"""The site in use: occupants, stays, rounds, alerts, requests, rooms that turn over."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from core import frozen, resolvers


class ObservationConfig(AppConfig):
    """The site in use: occupants, stays, rounds, alerts, requests, rooms that turn over."""

    name = "observation"
    verbose_name = _("Observation")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Guard the facts; say where a scanned door leads while the site has the room, and which papers are ours."""
        resolvers.register("room", "observation.scanning.page_of_room")
        resolvers.register("thing of form", "observation.scanning.form_of")
        resolvers.register("form", "observation.scanning.page_of_form")
        resolvers.register("mark", "observation.certifying.on_record")
        resolvers.register("mark", "observation.papers.handover.on_record")
        for table in (
            "protocol",
            "endchange",
            "transferstep",
            "healthcheck",
            "alertstep",
            "kitchenorder",
            "mealhours",
            "releasecertificate",
            "rollmark",
            "dutychange",
        ):
            frozen.freeze(f"observation_{table}")
        post_migrate.connect(frozen.install, sender=self, dispatch_uid="freeze observation")
