"""The site in use; an empty room until its issue comes."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ObservationConfig(AppConfig):
    """The site in use; an empty room until its issue comes."""

    name = "observation"
    verbose_name = _("Observation")
    default_auto_field = "django.db.models.BigAutoField"
