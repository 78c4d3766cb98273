"""Logging in and out, and the language of the pages."""

from django.urls import URLPattern, URLResolver, path

from people import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("log-in/", views.log_in, name="log_in"),
    path("log-out/", views.log_out, name="log_out"),
    path("language/", views.set_language_choice, name="set_language_choice"),
]
