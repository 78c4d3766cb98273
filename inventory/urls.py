"""Addresses of belongings in custody: the desk, the phone, the codes, the student's own pages, the papers."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = [
    # the desk
    # the room and its boxes, on a phone
    # codes and photos
    # the student's own pages
    # papers
]
