"""Anyone can check a certificate of release by its mark, and learns nothing of whose it is."""

import hashlib
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from core.records import Refused
from observation import certifying, moving
from observation.ending import today
from observation.models import Occupant, ReleaseCertificate
from observation.papers.certificate import Certificate, draw
from tests.inventory.phone import phone_of
from tests.journeys.papers_in_hand import codes_on
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def w() -> World:
    return make_world("Hawthorn House")


def released(w: World, **person: str) -> Occupant:
    """Somebody whose observation is over, with a certificate on record."""
    w.protocol(release_needs=["full-period"])
    occupant = w.occupant(name="Zanzibarwood", last_exposure=today(w.building) - timedelta(days=14), **person)
    moving.release(occupant, by=w.site_lead)
    occupant.refresh_from_db()
    return occupant


def asked(client: Client, mark: str, language: str = "en") -> str:
    """What /verify shows a stranger."""
    return client.get(f"/verify/{mark}/", headers={"accept-language": language}).content.decode()


@pytest.mark.parametrize("language", ["en", "zh-hans", "ar"])
def test_the_code_in_the_foot_leads_to_the_check_and_says_nothing_of_the_person(
    w: World, client: Client, language: str
) -> None:
    occupant = released(w, language=language)
    paper = phone_of(w.duty_officer).get(reverse("certificate", args=[occupant.pk])).content
    [address] = [code for code in codes_on(paper) if "/VERIFY/" in code]
    page = client.get(address[address.index("/VERIFY/") :], headers={"accept-language": "en"}).content.decode()
    assert "This check mark is on record." in page
    assert "It belongs to a certificate of release from observation." in page
    assert timezone.localdate().strftime("%Y") in page
    person = occupant.person
    told = (person.name, person.passport_name, person.passport_number, w.building.name, str(w.site_lead), ":")
    main = page[page.index("<dl") : page.index("</dl>")]
    assert [word for word in told[:-1] if word in page] == []
    assert ":" not in main, "the day is enough; the hour is not a stranger's"


def test_a_stranger_is_answered_in_chinese_and_arabic_too(w: World, client: Client) -> None:
    released(w)
    mark = ReleaseCertificate.objects.get().digest[:16]
    assert "解除观察证明" in asked(client, mark, "zh-hans")
    assert "شهادة" in asked(client, mark, "ar")
    assert "not on record" in asked(client, "0" * 16)


def test_who_knows_the_person_cannot_guess_the_mark(w: World) -> None:
    """The same words under another salt have another digest, and none is that of the words alone."""
    occupant = released(w)
    made, said = ReleaseCertificate.objects.get(), Certificate.of(occupant).said
    assert made.digest != hashlib.sha256(said.encode()).hexdigest()
    assert made.digest == hashlib.sha256(f"{made.salt}\n{said}".encode()).hexdigest()
    assert len(made.salt) == 32


def test_what_was_corrected_since_is_printed_only_when_it_is_issued_anew(w: World, client: Client) -> None:
    occupant = released(w)
    old = ReleaseCertificate.objects.get()
    occupant.person.amend(by=w.manager, reason="Misread.", passport_number="E12345678")
    lead = phone_of(w.site_lead)
    paper, page = reverse("certificate", args=[occupant.pk]), reverse("occupant", args=[occupant.pk])
    assert lead.get(paper).status_code == 409
    assert "Issue the certificate anew" in lead.get(page).content.decode()
    assert phone_of(w.nurse).post(reverse("issue_certificate", args=[occupant.pk])).status_code == 403
    assert ReleaseCertificate.objects.count() == 1
    assert lead.post(reverse("issue_certificate", args=[occupant.pk])).status_code == 302
    new = ReleaseCertificate.objects.latest("pk")
    assert (new.occupant, new.by, new.digest != old.digest) == (occupant, w.site_lead, True)
    assert lead.get(paper).status_code == 200
    assert "Certificate (PDF)" in lead.get(page).content.decode()
    assert "A newer certificate has replaced this one since." in asked(client, old.digest[:16])
    assert "replaced" not in asked(client, new.digest[:16])


def test_nobody_has_a_certificate_before_they_are_released(w: World) -> None:
    occupant = w.occupant()
    with pytest.raises(Refused, match="not-released"):
        certifying.issue(occupant, by=w.site_lead)
    assert ReleaseCertificate.objects.count() == 0


def test_a_release_that_is_refused_leaves_no_certificate(w: World) -> None:
    with pytest.raises(Refused, match="release-refused"):
        moving.release(w.occupant(), by=w.site_lead)
    assert ReleaseCertificate.objects.count() == 0


def test_a_decided_end_is_the_same_in_every_language_of_the_reader(w: World) -> None:
    w.protocol(release_needs=[])
    occupant = w.occupant()
    moving.change_end(occupant, ends_on=today(w.building), reason="Negative.", by=w.site_lead, client_id=uuid4())
    moving.release(occupant, by=w.site_lead)
    occupant.refresh_from_db()
    said = dict.fromkeys(("en", "zh-hans", "ar"), "")
    for language in said:
        with translation.override(language):
            said[language] = Certificate.of(occupant).said
            assert certifying.is_issued(occupant)
    assert len(set(said.values())) == 1
    assert f'"decided": "{today(w.building)}' in said["en"]


def test_a_certificate_keeps_its_mark_for_years(w: World) -> None:
    occupant = released(w)
    with time_machine.travel(timezone.now() + timedelta(days=900)):
        w.protocol(days=21, applies_from=timezone.now(), release_needs=[])
        stated, on_record = certifying.issued(Occupant.objects.get(pk=occupant.pk))
    assert on_record == ReleaseCertificate.objects.get()
    assert codes_on(draw(stated, digest=on_record.digest))
