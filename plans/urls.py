"""Addresses of plans."""

from django.urls import URLPattern, URLResolver, path

from plans.views import relocation

urlpatterns: list[URLPattern | URLResolver] = [
    path("buildings/<int:pk>/plans/relocation/", relocation.relocation_plan, name="relocation_plan"),
    path(
        "buildings/<int:pk>/plans/relocation/pdf/<slug:language>/",
        relocation.relocation_plan_pdf,
        name="relocation_plan_pdf",
    ),
]
