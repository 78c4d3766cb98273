"""Who an occupant is and how to reach them: corrected with a reason, by those who may see contacts and passports."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.access import may, needs
from inventory import editing
from observation import correcting
from observation.forms.occupant import ContactForm, IdentityForm
from observation.models import Occupant
from observation.views.occupant import answer_form
from people.acting import acting

FORM_PAGES = require_http_methods(["GET", "HEAD", "POST"])


@FORM_PAGES
@needs("rooms.admit_occupant", Occupant)
def edit_identity(request: HttpRequest, occupant: Occupant) -> HttpResponse:
    """Correct names, passport, sex, nationality, language."""
    _sees_contacts(request, occupant)
    form = IdentityForm(request.POST or None, person=occupant.person)
    return answer_form(
        request,
        occupant,
        form,
        lambda: correcting.identity(occupant, by=acting(request), **form.cleaned_data),
        title=_("Correct identity"),
        button=_("Save corrections"),
    )


@FORM_PAGES
@needs("rooms.admit_occupant", Occupant)
def edit_occupant_contact(request: HttpRequest, occupant: Occupant, point_pk: int = 0) -> HttpResponse:
    """Add a way to reach them, or correct one."""
    _sees_contacts(request, occupant)
    person = occupant.person
    point = get_object_or_404(person.contact_points, pk=point_pk) if point_pk else None
    form = ContactForm(request.POST or None, initial={"kind": point.kind, "value": point.value} if point else None)
    return answer_form(
        request,
        occupant,
        form,
        lambda: editing.keep_contact(person, point=point, by=acting(request), **form.cleaned_data),
        title=_("Correct a contact") if point else _("Another contact"),
        button=_("Save corrections") if point else _("Add contact"),
    )


def _sees_contacts(request: HttpRequest, occupant: Occupant) -> None:
    if not may(request.user, "view_contacts", occupant.building):
        raise PermissionDenied
