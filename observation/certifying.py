"""The certificate of a release goes on record, so that anyone can check the paper without learning whose it is."""

from secrets import token_hex
from uuid import uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.records import require
from inventory.models.custody import commitment
from inventory.verifying import OnRecord
from observation.models import Occupant, ReleaseCertificate
from observation.papers.certificate import Certificate
from people.models import User


@transaction.atomic
def issue(occupant: Occupant, *, by: User) -> ReleaseCertificate:
    """Put what the certificate states now on record; what stands there already is not issued again."""
    occupant.hold()
    said = Certificate.of(occupant).said
    newest = _newest(occupant)
    if newest is not None and _states(newest, said):
        return newest
    salt = token_hex(16)
    made = ReleaseCertificate(
        client_id=uuid4(), at=timezone.now(), occupant=occupant, salt=salt, digest=commitment(salt, said), by=by
    )
    made.save()
    return made


def issued(occupant: Occupant) -> tuple[Certificate, ReleaseCertificate]:
    """The certificate as it is on record; Refused when its words were corrected since and it was not issued anew."""
    certificate, newest = Certificate.of(occupant), _newest(occupant)
    require(
        newest is not None and _states(newest, certificate.said),
        "certificate-not-issued",
        _("What the certificate states was corrected since it was issued. Issue it anew, then print it."),
    )
    assert newest is not None  # noqa: S101 - required above
    return certificate, newest


def is_issued(occupant: Occupant) -> bool:
    """Whether the certificate on record states what it would state now."""
    newest = _newest(occupant)
    return newest is not None and _states(newest, Certificate.of(occupant).said)


def on_record(mark: str) -> OnRecord | None:
    """A certificate was issued under this mark, on a day; nothing more is said to whoever asks."""
    found = ReleaseCertificate.objects.filter(digest__startswith=mark).first()
    if found is None:
        return None
    later = ReleaseCertificate.objects.filter(occupant=found.occupant_id, pk__gt=found.pk).exists()
    return OnRecord(
        _("It belongs to a certificate of release from observation."),
        found.at,
        replaced=_("A newer certificate has replaced this one since.") if later else "",
        to_the_day=True,
    )


def _newest(occupant: Occupant) -> ReleaseCertificate | None:
    return occupant.certificates.order_by("pk").last()


def _states(certificate: ReleaseCertificate, said: str) -> bool:
    return certificate.digest == commitment(certificate.salt, said)
