"""Belongings in custody, from consent to confirmation."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from core import frozen


class InventoryConfig(AppConfig):
    """Belongings in custody, from consent to confirmation."""

    name = "inventory"
    verbose_name = _("Belongings")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Guard the tables that may decide a dispute."""
        for table in ("custodyevent", "consent", "manifest", "confirmation", "objectionentry", "noteanswer", "photo"):
            frozen.freeze(f"inventory_{table}")
        post_migrate.connect(frozen.install, sender=self, dispatch_uid="freeze inventory")
