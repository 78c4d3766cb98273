"""The building: rooms, beds, storage places, who serves there."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from core import frozen


class RoomsConfig(AppConfig):
    """The building: rooms, beds, storage places, who serves there."""

    name = "rooms"
    verbose_name = _("Rooms")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Guard what was recorded of rooms, and let each role hold the rights that this version gives it."""
        for table in ("disinfection", "roominspection", "supplycount", "wastecollection"):
            frozen.freeze(f"rooms_{table}")
        post_migrate.connect(self.reopen_roles, sender=self, dispatch_uid="reopen roles")

    def reopen_roles(self, **_signal: Any) -> None:
        """Grant what a new version adds to the roles that stand already."""
        roles: Any = self.get_model("Role")
        for role in roles._default_manager.select_related("building", "group"):
            role.open()
