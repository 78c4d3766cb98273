"""A student's file at the desk: consent, override, link, boxes, objections, and the timeline of it all."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import may, needs
from core.timeline import Entry, timeline_of
from inventory import consenting, editing
from inventory.forms.student import AnswerForm, ConsentForm, ContactForm, OverrideForm, StudentForm
from inventory.models import (
    ALLOWS,
    Consent,
    CustodyEvent,
    Manifest,
    Objection,
    ObjectionState,
    Override,
    Student,
    StudentLink,
)
from people.acting import acting

FORM_PAGES = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@needs("rooms.view_building", Student)
def student(request: HttpRequest, student: Student) -> HttpResponse:
    """The whole file on one page: how it stands and what to do next first."""
    return render(request, "inventory/student/student.html", _file(request, student))


def _file(request: HttpRequest, student: Student) -> dict[str, Any]:
    user = request.user
    building = student.building
    consents = list(student.consents.select_related("by"))
    overrides = list(student.overrides.select_related("first_signer", "second_signer"))
    objections = list(
        student.objections.select_related("item__box", "manifest").prefetch_related("entries__by").order_by("-pk")
    )
    manifest = Manifest.objects.filter(student=student).select_related("confirmation").order_by("-number").first()
    context: dict[str, Any] = {
        "building": building,
        "student": student,
        "person": student.person,
        "consent": consents[-1] if consents else None,
        "consent_allows": bool(consents) and consents[-1].state in ALLOWS,
        "consents": consents,
        "overrides": overrides,
        "boxes": list(student.boxes.select_related("place", "room").prefetch_related("items").order_by("pk")),
        "objections": objections,
        "open_objections": [one for one in objections if one.state == ObjectionState.OPEN],
        "manifest": manifest,
        "confirmation": getattr(manifest, "confirmation", None),
        "may_contacts": may(user, "view_contacts", building),
        "may_edit": may(user, "edit_people", building),
        "may_record": may(user, "record_consent", building),
        "may_override": may(user, "sign_override", building),
        "may_link": may(user, "issue_link", building),
        "may_answer": may(user, "answer_objection", building),
        "may_history": may(user, "view_history", building),
        "may_print": may(user, "print_papers", building),
        "consent_form": ConsentForm(),
        "override_form": OverrideForm(),
        "answer_form": AnswerForm(),
    }
    if context["may_contacts"]:
        context["contacts"] = list(student.person.contact_points.all())
    if context["may_link"]:
        context["link"] = StudentLink.objects.filter(student=student).active().first()
    if context["may_history"]:
        context["timeline"] = _timeline(student, consents, overrides, context["may_contacts"])
    return context


def _timeline(
    student: Student,
    consents: list[Consent],
    overrides: list[Override],
    contacts_shown: bool,  # noqa: FBT001
) -> list[Entry]:
    facts = [
        Entry(
            at=one.at,
            by=str(one.by) if one.by else _("the student, by their own link"),
            what=_("Consent: %(state)s (%(channel)s)")
            % {"state": one.get_state_display(), "channel": one.get_channel_display()},
            why=one.words,
        )
        for one in consents
    ]
    facts += [
        Entry(
            at=event.at,
            by=f"{event.by} + {event.witness}",
            what=_("Box %(code)s: %(kind)s") % {"code": event.box.code_id, "kind": event.get_kind_display()}
            + (f" → {event.to_place}" if event.to_place else ""),
        )
        for event in CustodyEvent.objects.filter(box__student=student).select_related(
            "box", "by", "witness", "to_place"
        )
    ]
    masked = frozenset() if contacts_shown else frozenset({"passport_number", "value", "whereabouts", "nationality"})
    records = [student, student.person, *overrides, *student.person.contact_points.all()]
    return timeline_of(
        records, more=facts, masked=masked | {"failures", "digest"}, nobody=_("the import or the student")
    )


@FORM_PAGES
@needs("rooms.record_consent", Student)
def record_consent(request: HttpRequest, student: Student) -> HttpResponseBase:
    """Record what the student said to a member of staff."""
    form = ConsentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        consenting.record(student, by=acting(request), language=get_language() or "", **form.cleaned_data)
        messages.success(request, _("Recorded what %(name)s said.") % {"name": student.person.name})
        return redirect("student", pk=student.pk)
    return _form_page(request, student, form, _("Record consent"), _("Record what was said"))


@FORM_PAGES
@needs("rooms.sign_override", Student)
def propose_override(request: HttpRequest, student: Student) -> HttpResponseBase:
    """Sign an override first; another person signs second."""
    form = OverrideForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        Override.propose(student, by=acting(request), **form.cleaned_data)
        messages.success(request, _("Signed first. It comes into force when a second person signs."))
        return redirect("student", pk=student.pk)
    return _form_page(request, student, form, _("Override"), _("Sign first"))


@require_POST
@needs("rooms.sign_override", Override)
def sign_override(request: HttpRequest, override: Override) -> HttpResponse:
    """Sign an override second."""
    override.sign(by=acting(request))
    messages.success(request, _("Signed by two: the override is in force."))
    return redirect("student", pk=override.student_id)


@FORM_PAGES
@needs("rooms.answer_objection", Objection)
def answer_objection(request: HttpRequest, objection: Objection) -> HttpResponseBase:
    """Answer an objection by name."""
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        objection.answer(by=acting(request), **form.cleaned_data)
        messages.success(request, _("Your answer is on the student's page."))
        return redirect("student", pk=objection.student_id)
    return _form_page(request, objection.student, form, _("Answer an objection"), _("Send answer"), objection)


@FORM_PAGES
@needs("rooms.edit_people", Student)
def edit_student(request: HttpRequest, student: Student) -> HttpResponseBase:
    """Correct the person's data, with a reason; old and new values stand on the timeline."""
    names = [name for name in StudentForm.base_fields if name not in {"notes", "reason"}]
    initial = {name: getattr(student.person, name) for name in names} | {"notes": student.notes}
    form = StudentForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        person, own, reason = form.parts()
        editing.correct(student, person=person, own=own, by=acting(request), reason=reason)
        messages.success(request, _("Saved."))
        return redirect("student", pk=student.pk)
    return _form_page(request, student, form, _("Correct data"), _("Save corrections"))


@FORM_PAGES
@needs("rooms.edit_people", Student)
def edit_contact(request: HttpRequest, student: Student, point_pk: int = 0) -> HttpResponseBase:
    """Add a way to reach the student, or correct one; old and new values stand on the timeline."""
    point = get_object_or_404(student.person.contact_points, pk=point_pk) if point_pk else None
    initial = {"kind": point.kind, "value": point.value} if point else None
    form = ContactForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        editing.keep_contact(student.person, point=point, by=acting(request), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("student", pk=student.pk)
    return _form_page(request, student, form, _("How to reach the student"), _("Save"))


def _form_page(
    request: HttpRequest, student: Student, form: Any, title: str, button: str, objection: Objection | None = None
) -> HttpResponse:
    context = {
        "building": student.building,
        "student": student,
        "form": form,
        "title": title,
        "button": button,
        "objection": objection,
    }
    return render(request, "inventory/student/form.html", context, status=422 if form.is_bound else 200)
