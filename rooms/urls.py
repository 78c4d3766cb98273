"""Who serves at the building."""

from django.urls import URLPattern, URLResolver, path

from rooms.views import building, importing, people

urlpatterns: list[URLPattern | URLResolver] = [
    path("buildings/new/", importing.new_building, name="new_building"),
    path("buildings/<int:pk>/import/building/", importing.building_workbook, name="import_building"),
    path("buildings/<int:pk>/edit/", building.edit_building, name="edit_building"),
    path("buildings/<int:pk>/people/", people.people, name="people"),
    path("roles/<int:pk>/dismiss/<int:user_pk>/", people.dismiss, name="dismiss"),
]
