"""Importing the roster; the pages are the building import's."""

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.access import needs
from inventory.importing import import_roster, preview_roster
from rooms.models import Building
from rooms.views.importing import Import, import_pages


@require_http_methods(["GET", "HEAD", "POST"])
@needs("rooms.import_workbook", Building)
def roster(request: HttpRequest, building: Building) -> HttpResponseBase:
    """Import the students."""
    return import_pages(request, building, Import("roster", {"roster": _("students")}, preview_roster, import_roster))
