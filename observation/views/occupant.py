"""An occupant's own page: who, where, how they are and what is next; moving, hospital, the end, release."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import paper
from core.access import may, needs
from core.records import require
from core.text import listed
from core.timeline import Entry, timeline_of
from inventory.views.acts import carry_out
from observation import certifying, correcting, moving
from observation.admitting import OPEN_TO_OCCUPANTS
from observation.ending import end_of, end_under, protocol_in, today
from observation.forms.occupant import BackForm, DetailsForm, EndForm, HospitalForm, MoveForm, ReasonForm
from observation.models import (
    HealthCheck,
    HospitalTransfer,
    Occupant,
    OccupantState,
    Protocol,
    Stay,
    Symptom,
    TransferStepKind,
)
from observation.papers.certificate import draw
from people.acting import acting
from rooms.models import Bed, RoomUse

FORM_PAGES = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@needs("rooms.view_occupants", Occupant)
def occupant(request: HttpRequest, occupant: Occupant) -> HttpResponse:
    """The whole stay on one page: how it stands and what to do next first."""
    building, user = occupant.building, request.user
    protocols = list(Protocol.objects.applying(building))
    end = end_under(protocols, occupant)
    checks = list(occupant.checks.valid().select_related("by", "protocol").order_by("-at", "-pk"))
    alert = occupant.alerts.open().first()
    transfer = occupant.transfers.filter(closed_at__isnull=True).first()
    stay, companions = _party(occupant)
    against = []
    if occupant.ended_at is None and occupant.state != OccupantState.EXPECTED:
        against = moving.what_is_against(
            occupant,
            end=end,
            protocol=protocol_in(protocols, timezone.now()),
            alert=alert is not None,
            transfer=transfer is not None,
            checks=checks,
        )
    context = {
        "building": building,
        "occupant": occupant,
        "person": occupant.person,
        "stay": stay,
        "end": end,
        "day": today(building),
        "alert": alert,
        "transfer": transfer,
        "companions": companions,
        "measured": _told([check for check in checks if not check.self_reported]),
        "reported": _told([check for check in checks if check.self_reported]),
        "against": against,
        "certified": occupant.state == OccupantState.RELEASED and certifying.is_issued(occupant),
        "unfinished": occupant.ended_at is None,
        "contacts": list(occupant.person.contact_points.all()) if may(user, "view_contacts", building) else None,
        "may_admit": may(user, "admit_occupant", building),
        "may_release": may(user, "release_occupant", building),
        "may_view_history": may(user, "view_history", building),
    }
    return render(request, "observation/occupant/occupant.html", context)


NEWEST = 6


def _told(checks: list[HealthCheck]) -> list[tuple[HealthCheck, str]]:
    """The newest readings, each with its symptoms in words."""
    words = dict(Symptom.choices)
    return [(one, listed(str(words.get(symptom, symptom)) for symptom in one.symptoms)) for one in checks[:NEWEST]]


def _party(occupant: Occupant) -> tuple[Stay | None, list[Stay]]:
    """The stay they are in now, and the newest stay of each companion."""
    own = Q(occupant=occupant)
    if occupant.party:
        own |= Q(occupant__building=occupant.building_id, occupant__party=occupant.party)
    stays = Stay.objects.filter(own).select_related("bed__room", "occupant__person").order_by("starts_at", "pk")
    newest = {stay.occupant_id: stay for stay in stays}
    mine = newest.pop(occupant.pk, None)
    return (mine if mine and mine.ends_at is None else None), list(newest.values())


@require_safe
@needs("rooms.view_history", Occupant)
def occupant_history(request: HttpRequest, occupant: Occupant) -> HttpResponse:
    """The whole stay, newest first."""
    shown = may(request.user, "view_contacts", occupant.building)
    context = {
        "building": occupant.building,
        "occupant": occupant,
        "timeline": _timeline(occupant, masked=frozenset() if shown else PERSONAL),
    }
    return render(request, "observation/occupant/history.html", context)


PERSONAL = frozenset({"passport_number", "value", "whereabouts", "nationality"})


def _timeline(occupant: Occupant, *, masked: frozenset[str]) -> list[Entry]:
    """Stays, changed ends, transfers and alerts with their steps, readings that were corrected, amendments."""
    facts = [
        Entry(at=one.at, by=str(one.by), what=_("Released from %(day)s") % {"day": one.ends_on}, why=one.reason)
        for one in occupant.end_changes.select_related("by")
    ]
    transfers = list(occupant.transfers.prefetch_related("steps__by"))
    alerts = list(occupant.alerts.prefetch_related("steps__by"))
    facts += [
        Entry(at=step.at, by=str(step.by), what=f"{transfer.hospital}: {step.get_kind_display()}")
        for transfer in transfers
        for step in transfer.steps.all()
    ]
    facts += [
        Entry(
            at=step.at, by=str(step.by), what=_("Alert: %(step)s") % {"step": step.get_kind_display()}, why=step.words
        )
        for alert in alerts
        for step in alert.steps.all()
    ]
    facts += [
        Entry(at=one.at, by=str(one.by), what=_("Reading corrected"), why=one.why)
        for one in occupant.checks.filter(supersedes__isnull=False).select_related("by")
    ]
    person = occupant.person
    own = [person, *person.contact_points.all()]
    for stay in occupant.stays.select_related("bed__room"):
        facts += _of_stay(stay)
    records = [occupant, *own, *transfers, *alerts]
    return timeline_of(records, more=facts, masked=masked | {"secret", "failures"})


def _of_stay(stay: Stay) -> list[Entry]:
    """A bed is held, somebody comes into it and leaves it: each from the row's own history, with the bed's name."""
    found, before = [], None
    for row in stay.history.select_related("history_user").order_by("history_date", "history_id"):
        said = []
        if before is None and row.arrived_at is None:
            said.append(_("Bed %(bed)s is held"))
        if row.arrived_at is not None and (before is None or before.arrived_at is None):
            said.append(_("Comes into bed %(bed)s"))
        if row.ends_at is not None and (before is None or before.ends_at is None):
            said.append(_("Leaves bed %(bed)s") if row.arrived_at else _("Bed %(bed)s is held no more"))
        by = str(row.history_user) if row.history_user else _("the system")
        why = row.history_change_reason or ""
        found += [Entry(at=row.history_date, by=by, what=words % {"bed": stay.bed}, why=why) for words in said]
        before = row
    return found


def free_beds(occupant: Occupant) -> QuerySet[Bed]:
    """The beds of ready rooms that nobody has; whether a shared room fits is asked when it is chosen."""
    stay = occupant.stay
    return (
        Bed.objects.filter(
            room__building=occupant.building, room__use=RoomUse.BEDROOM, room__state__in=OPEN_TO_OCCUPANTS
        )
        .exclude(stays__ends_at__isnull=True, stays__isnull=False)
        .exclude(room=stay.bed.room_id if stay else None)
        .select_related("room")
        .order_by("room__floor", "room__number", "number")
    )


def _or_theirs(request: HttpRequest, occupant: Occupant) -> QuerySet[Bed]:
    """The free beds; for a tap sent again the one they are in by now."""
    stay = occupant.stay
    if stay is not None and request.POST.get("bed") == str(stay.bed_id):
        return Bed.objects.filter(pk=stay.bed_id).select_related("room")
    return free_beds(occupant)


@FORM_PAGES
@needs("rooms.admit_occupant", Occupant)
def edit_occupant(request: HttpRequest, occupant: Occupant) -> HttpResponse:
    """Correct what is known of them, with a reason."""
    names = set(DetailsForm.base_fields) - {"reason"}
    form = DetailsForm(request.POST or None, initial={name: getattr(occupant, name) for name in names})

    return answer_form(
        request,
        occupant,
        form,
        lambda: correcting.details(occupant, by=acting(request), **form.cleaned_data),
        title=_("Correct details"),
        button=_("Save corrections"),
    )


@require_POST
@needs("rooms.admit_occupant", Occupant)
def renew_code(request: HttpRequest, occupant: Occupant) -> HttpResponse:
    """A new code for reporting themselves."""
    occupant.renew_code(by=acting(request), instead_of=request.POST.get("instead_of", ""))
    messages.success(request, _("The old code opens nothing any more. Hand over a new welcome sheet."))
    return redirect("occupant", pk=occupant.pk)


@FORM_PAGES
@needs("rooms.admit_occupant", Occupant)
def move_occupant(request: HttpRequest, occupant: Occupant) -> HttpResponse:
    """Another bed."""
    form = MoveForm(request.POST or None, beds=_or_theirs(request, occupant))
    return answer_form(
        request,
        occupant,
        form,
        lambda: moving.move_to(occupant, by=acting(request), **form.cleaned_data),
        title=_("Move to another room"),
        button=_("Move"),
    )


@FORM_PAGES
@needs("rooms.release_occupant", Occupant)
def change_end(request: HttpRequest, occupant: Occupant) -> HttpResponse:
    """Make the observation longer or shorter."""
    end = end_of(occupant)
    form = EndForm(request.POST or None, initial={"ends_on": end.day})
    return answer_form(
        request,
        occupant,
        form,
        lambda: moving.change_end(occupant, by=acting(request), **form.cleaned_data),
        title=_("Change the end"),
        button=_("Change the end"),
        lede=_("Released from %(day)s (%(source)s).") % {"day": end.day, "source": end.cited},
    )


@FORM_PAGES
@needs("rooms.admit_occupant", Occupant)
def hospital(request: HttpRequest, occupant: Occupant) -> HttpResponse:
    """Decide a transfer, or see how the one under way stands; back from hospital, into a bed."""
    going = occupant.transfers.filter(closed_at__isnull=True).first()
    if going is not None and request.method != "POST":
        return _transfer_page(request, going)
    # A tap sent again names the bed they came back to.
    if occupant.state == OccupantState.AT_HOSPITAL or "bed" in request.POST:
        back = BackForm(request.POST or None, beds=_or_theirs(request, occupant))
        return answer_form(
            request,
            occupant,
            back,
            lambda: moving.come_back(occupant, by=acting(request), **back.cleaned_data),
            title=_("Back from hospital"),
            button=_("Back into this bed"),
        )
    form = HospitalForm(request.POST or None)
    return answer_form(
        request,
        occupant,
        form,
        lambda: moving.send_to_hospital(occupant, by=acting(request), **form.cleaned_data),
        title=_("To hospital"),
        button=_("Decide the transfer"),
        then="hospital",
    )


def _transfer_page(
    request: HttpRequest, transfer: HospitalTransfer, *, form: ReasonForm | None = None, status: int = 200
) -> HttpResponse:
    occupant = transfer.occupant
    taken = {step.kind: step for step in transfer.steps.select_related("by")}
    steps = [(kind, label, taken.get(kind)) for kind, label in TransferStepKind.choices]
    context = {
        "building": occupant.building,
        "occupant": occupant,
        "transfer": transfer,
        "steps": steps,
        "next": next((kind for kind, _label, step in steps if step is None), ""),
        "sent": EndForm(),
        "form": None if TransferStepKind.LEFT in taken else form or ReasonForm(),
    }
    return render(request, "observation/occupant/transfer.html", context, status=status)


@require_POST
@needs("rooms.admit_occupant", HospitalTransfer)
def transfer_step(request: HttpRequest, transfer: HospitalTransfer, kind: str) -> HttpResponse:
    """One step of a transfer was taken: one tap."""
    require(kind in TransferStepKind.values, "step-unknown", _("There is no such step."))
    client_id = forms.UUIDField().clean(request.POST.get("client_id"))
    moving.take_transfer_step(transfer, kind=kind, by=acting(request), client_id=client_id)
    page = "occupant" if kind == TransferStepKind.HANDED_OVER else "hospital"
    return redirect(page, pk=transfer.occupant_id)


@require_POST
@needs("rooms.admit_occupant", HospitalTransfer)
def call_off(request: HttpRequest, transfer: HospitalTransfer) -> HttpResponse:
    """They stay after all."""
    occupant = transfer.occupant
    form = ReasonForm(request.POST)
    return carry_out(
        request,
        form,
        lambda: moving.call_off(transfer, by=acting(request), **form.cleaned_data),
        then=lambda: reverse("occupant", args=[occupant.pk]),
        again=lambda status: _transfer_page(request, transfer, form=form, status=status),
    )


@FORM_PAGES
@needs("rooms.release_occupant", Occupant)
def release_occupant(request: HttpRequest, occupant: Occupant) -> HttpResponse:
    """What stands against the release, and the release itself."""
    if request.method == "POST":
        moving.release(occupant, by=acting(request))
        messages.success(request, _("%(name)s is released.") % {"name": occupant.person.name})
        return redirect("occupant", pk=occupant.pk)
    end = end_of(occupant)
    against = moving.against_release(occupant) if occupant.ended_at is None else []
    context = {"building": occupant.building, "occupant": occupant, "end": end, "against": against}
    return render(request, "observation/occupant/release.html", context)


@require_safe
@needs("rooms.view_occupants", Occupant)
def certificate(request: HttpRequest, occupant: Occupant) -> HttpResponseBase:
    """The certificate of a release, as a PDF."""
    stated, on_record = certifying.issued(occupant)
    return paper.answer(draw(stated, digest=on_record.digest), filename=f"certificate-{occupant.pk}.pdf")


@require_POST
@needs("rooms.release_occupant", Occupant)
def issue_certificate(request: HttpRequest, occupant: Occupant) -> HttpResponse:
    """What it states was corrected: a new one goes on record, the old one is replaced."""
    certifying.issue(occupant, by=acting(request))
    messages.success(request, _("The certificate is issued. Take the old paper back where you can."))
    return redirect("occupant", pk=occupant.pk)


def answer_form(
    request: HttpRequest,
    occupant: Occupant,
    form: forms.Form,
    act: Callable[[], object],
    *,
    title: str,
    button: str,
    lede: str = "",
    then: str = "occupant",
) -> HttpResponse:
    """Show a form about this occupant, or do its act and go back to their page."""

    def again(status: int) -> HttpResponse:
        context: dict[str, Any] = {
            "building": occupant.building,
            "occupant": occupant,
            "form": form,
            "title": title,
            "button": button,
            "lede": lede,
        }
        return render(request, "observation/occupant/form.html", context, status=status)

    if request.method != "POST":
        return again(200)
    return carry_out(request, form, act, then=lambda: reverse(then, args=[occupant.pk]), again=again)
