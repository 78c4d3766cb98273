"""Who serves at the building."""

from django.urls import URLPattern, URLResolver, path

from rooms.views import people

urlpatterns: list[URLPattern | URLResolver] = [
    path("buildings/<int:pk>/people/", people.people, name="people"),
    path("roles/<int:pk>/dismiss/<int:user_pk>/", people.dismiss, name="dismiss"),
]
