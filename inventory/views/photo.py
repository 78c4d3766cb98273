"""Photos, for those who may see the building they were taken in."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from core.access import needs
from core.uploads import serve
from inventory.models import Photo


@require_safe
@needs("rooms.view_building", Photo)
def photo(request: HttpRequest, photo: Photo, size: str) -> HttpResponse:
    """One photo: large or small to look at, or the original to download and check."""
    path = {"large": photo.large, "small": photo.small, "original": photo.original}[size]
    return serve(request, path, filename=f"{photo.kind}-{photo.pk}.{path.rpartition('.')[2]}")
