"""Addresses of the site in use: rooms, occupants, rounds, alerts, requests, the occupant's own page."""

from django.urls import URLPattern, URLResolver, path

from observation.views import rooms, turn_over

urlpatterns: list[URLPattern | URLResolver] = [
    # the rooms
    path("buildings/<int:pk>/site/", rooms.site, name="site"),
    path("buildings/<int:pk>/site/plan/", rooms.site_plan, name="site_plan"),
    path("rooms/<int:pk>/turn-over/", turn_over.turn_over, name="turn_over"),
    path("rooms/<int:pk>/take-over/", turn_over.take_over, name="take_over"),
    path("rooms/<int:pk>/disinfect/", turn_over.disinfect, name="disinfect"),
    path("rooms/<int:pk>/inspect/", turn_over.inspect, name="inspect"),
    # admission
    # the occupant
    # rounds
    # alerts
    # requests, meals, incidents, care notes
    # waste and the roll
    # the occupant's own page
]
