"""Visitors come and go: each is a line of the log, written at the gate or typed back from a sheet of paper."""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.records import require
from observation.ending import protocol_at
from observation.models import FormKind, PaperForm, Protocol, Visit
from people.models import User
from rooms.models import Area, Building

# A gate's clock and ours may differ a little.
CLOCKS_DIFFER = timedelta(minutes=5)


@transaction.atomic
def let_in(
    building: Building,
    *,
    name: str,
    organisation: str,
    phone: str,
    purpose: str,
    area: Area | None,
    temperature: Decimal | None,
    came_at: datetime | None,
    left_at: datetime | None,
    form: PaperForm | None,
    by: User,
    client_id: UUID,
) -> Visit:
    """Somebody from outside came in; sent twice it is one line. At the gate a fever keeps them outside.

    What a sheet of paper says has happened: it is kept as it was written, with its times in the past.
    """
    building.hold()
    if sent := Visit.objects.in_building(building).filter(client_id=client_id).first():
        return sent
    now = timezone.now()
    came_at = came_at or now
    require(area is None or area.building_id == building.pk, "area-elsewhere", _("This area is in another building."))
    require(
        form is None or (form.building_id == building.pk and form.kind == FormKind.VISITORS),
        "form-of-another-record",
        _("This sheet is no visitor log of this building."),
    )
    require(
        temperature is not None or form is not None,
        "visitor-not-measured",
        _("Measure the temperature before somebody comes in."),
    )
    protocol = protocol_at(list(Protocol.objects.applying(building)), came_at)
    if protocol is not None and temperature is not None and form is None:
        require(
            temperature < protocol.fever_from,
            "visitor-has-fever",
            _("%(value)s °C is a fever (from %(from)s °C, %(source)s). Nobody with a fever comes in: call the lead.")
            % {"value": temperature, "from": protocol.fever_from, "source": protocol.cited},
        )
    latest = max(came_at, left_at or came_at)
    require(
        latest <= now + CLOCKS_DIFFER, "visit-in-the-future", _("This time is still to come. Look at the clock again.")
    )
    return Visit.enter(
        by=by,
        building=building,
        client_id=client_id,
        name=name.strip(),
        organisation=organisation.strip(),
        phone=phone.strip(),
        purpose=purpose.strip(),
        area=area,
        temperature=temperature,
        came_at=came_at,
        left_at=left_at,
        form=form,
        entered_by=by,
    )


@transaction.atomic
def see_off(visit: Visit, *, by: User) -> None:
    """The visitor has left; a second tap finds them gone and changes nothing."""
    with visit.change(by=by):
        visit.left_at = visit.left_at or max(timezone.now(), visit.came_at)
