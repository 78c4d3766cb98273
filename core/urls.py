"""Addresses of core: the page that shows every part a page is made of."""

from django.urls import URLPattern, URLResolver, path

from core import pages

urlpatterns: list[URLPattern | URLResolver] = [path("design/", pages.design, name="design")]
