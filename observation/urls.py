"""Addresses of the site in use: rooms, occupants, rounds, alerts, requests, the occupant's own page."""

from django.urls import URLPattern, URLResolver, path

from observation.views import rooms

urlpatterns: list[URLPattern | URLResolver] = [
    # the rooms
    path("buildings/<int:pk>/site/", rooms.site, name="site"),
    # admission
    # the occupant
    # rounds
    # alerts
    # requests, meals, incidents, care notes
    # waste and the roll
    # the occupant's own page
]
