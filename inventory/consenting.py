"""Asking for consent and taking the answer: by the student's own link, or spoken with a member of staff."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.records import require
from inventory.models import ALLOWS, Channel, Consent, ConsentState, RoomPacking, Student
from inventory.own import CONSENT_VERSION, FACTOR, consent_text
from people.models import User

# What a student can answer; «not reached» is what staff note when there was no answer.
ANSWERS = (ConsentState.AUTHORISED, ConsentState.WITH_WISHES, ConsentState.HESITANT, ConsentState.REFUSED)


@transaction.atomic
def answer_by_link(
    student: Student, *, state: str, words: str, language: str, version: str, client_id: UUID
) -> Consent:
    """Keep what the student answered on their own pages, with the very text in the `language` they read it in.

    `version` is the one the page showed: a text that changed in between is read again first.
    """
    _hold(student)
    known = Consent.objects.filter(client_id=client_id, student=student).first()
    if known is not None:
        return known
    require(
        version == CONSENT_VERSION,
        "consent-text-changed",
        _("The text has changed since you opened the page. Please open it again and read it first."),
    )
    require(state in ANSWERS, "consent-answer-unknown", _("Please choose one of the answers."))
    return _keep(
        student,
        state=state,
        channel=Channel.LINK,
        by=None,
        words=words,
        text=consent_text(language),
        text_version=CONSENT_VERSION,
        language=language,
        factor=FACTOR,
        client_id=client_id,
    )


@transaction.atomic
def record(
    student: Student, *, state: str, channel: str, by: User, words: str, language: str, client_id: UUID
) -> Consent:
    """Keep what the student said to a member of staff, in the student's words.

    No text stands beside it: what was read aloud nobody can prove, what was said stands in `words`.
    """
    _hold(student)
    known = Consent.objects.filter(client_id=client_id, student=student).first()
    if known is not None:
        return known
    require(
        channel != Channel.LINK,
        "consent-channel-is-the-students",
        _("Only the student answers through their own link. Choose how you spoke with them."),
    )
    require(words.strip(), "consent-without-words", _("Write down what was said, or how you tried to reach them."))
    newest = Consent.of(student)
    require(
        state != ConsentState.NOT_REACHED or newest is None or newest.state == ConsentState.NOT_REACHED,
        "consent-already-answered",
        _("%(name)s has already answered; that answer stands.") % {"name": student.person.name},
    )
    return _keep(student, state=state, channel=channel, by=by, words=words, language=language, client_id=client_id)


def may_change(student: Student) -> bool:
    """Whether the student's answer may still change: a yes stands from the moment the room is opened to pack.

    Who has not agreed may still agree then, or say again why not.
    """
    newest = Consent.of(student)
    return newest is None or newest.state not in ALLOWS or not _is_opened(student)


def _is_opened(student: Student) -> bool:
    return student.bed is not None and RoomPacking.objects.filter(room=student.bed.room_id).exists()


def _hold(student: Student) -> None:
    """Lock the student, then the room: the door is not opened while the answer changes, nor the other way round."""
    student.hold()
    if student.bed is not None:
        student.bed.room.hold()


def _keep(student: Student, *, state: str, words: str, client_id: UUID, **fields: object) -> Consent:
    require(
        may_change(student),
        "packing-has-begun",
        _("The packing of your room has begun, so this answer can no longer be changed here. Please call us."),
    )
    require(
        state != ConsentState.WITH_WISHES or words.strip(),
        "consent-without-wishes",
        _("Please write down the wishes, so that we can follow them."),
    )
    said = Consent(client_id=client_id, at=timezone.now(), student=student, state=state, words=words.strip(), **fields)
    said.save()
    return said
