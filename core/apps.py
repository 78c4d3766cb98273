"""What every app shares and no noun of the trade."""

from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core.catalogues import compile_stale


class CoreConfig(AppConfig):
    """What every app shares and no noun of the trade."""

    name = "core"
    verbose_name = _("Core")
    default_auto_field = "django.db.models.BigAutoField"

    def __init__(self, app_name: str, app_module: Any) -> None:
        """Bring the compiled translations up to date before anything is said: the first model to load reads them."""
        super().__init__(app_name, app_module)
        compile_stale()
