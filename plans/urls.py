"""Addresses of plans."""

from django.urls import URLPattern, URLResolver, path

from plans.views import management, relocation

urlpatterns: list[URLPattern | URLResolver] = [
    path("buildings/<int:pk>/plans/relocation/", relocation.relocation_plan, name="relocation_plan"),
    path(
        "buildings/<int:pk>/plans/relocation/pdf/<slug:language>/",
        relocation.relocation_plan_pdf,
        name="relocation_plan_pdf",
    ),
    path("buildings/<int:pk>/plans/management/", management.management_plan, name="management_plan"),
    path(
        "buildings/<int:pk>/plans/management/pdf/<slug:language>/",
        management.management_plan_pdf,
        name="management_plan_pdf",
    ),
    path(
        "buildings/<int:pk>/plans/management/clauses/<str:clause>/<slug:language>/",
        management.edit_clause,
        name="edit_clause",
    ),
    path(
        "buildings/<int:pk>/plans/management/clauses/<str:clause>/<slug:language>/default/",
        management.clause_default,
        name="clause_default",
    ),
]
