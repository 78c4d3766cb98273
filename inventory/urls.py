"""Addresses of belongings in custody: the desk, the phone, the codes, the student's own pages, the papers."""

from django.urls import URLPattern, URLResolver, path

from inventory.views import board, export, listing, student

urlpatterns: list[URLPattern | URLResolver] = [
    # the desk
    path("", board.home, name="home"),
    path("buildings/<int:pk>/", board.board, name="board"),
    path("buildings/<int:pk>/students/", board.students, name="students"),
    path("buildings/<int:pk>/rooms/", board.rooms, name="rooms"),
    path("buildings/<int:pk>/boxes/", listing.boxes, name="boxes"),
    path("buildings/<int:pk>/items/", listing.items, name="items"),
    path("buildings/<int:pk>/search/", listing.search, name="search"),
    path("buildings/<int:pk>/export/<slug:listing>.<slug:form>", export.export, name="export"),
    path("students/<int:pk>/", student.student, name="student"),
    path("students/<int:pk>/consent/", student.record_consent, name="record_consent"),
    path("students/<int:pk>/override/", student.propose_override, name="propose_override"),
    path("students/<int:pk>/edit/", student.edit_student, name="edit_student"),
    path("overrides/<int:pk>/sign/", student.sign_override, name="sign_override"),
    path("objections/<int:pk>/answer/", student.answer_objection, name="answer_objection"),
    # the room and its boxes, on a phone
    # codes and photos
    # the student's own pages
    # papers
]
