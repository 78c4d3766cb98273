"""Every address of the house; each app lists its own."""

from django.urls import include, path

urlpatterns = [
    path("", include("core.urls")),
    path("", include("people.urls")),
    path("", include("rooms.urls")),
    path("", include("inventory.urls")),
    path("", include("observation.urls")),
    path("", include("plans.urls")),
]
handler400 = "core.pages.bad_request"
handler403 = "core.pages.permission_denied"
handler404 = "core.pages.not_found"
handler500 = "core.pages.server_error"
