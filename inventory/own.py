"""The student's own pages: who may open them, in which language and time zone, and the words put before students."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import get_language_info, gettext_noop
from django.utils.translation import gettext as _

from core.access import own_link
from core.context import OWN_LINK_PATHS
from inventory.models import Student, StudentLink
from people.language import STUDENT_LANGUAGE, served
from people.models import Person

P = ParamSpec("P")

CHINESE = "zh-hans"
SESSION_LINK = "student_link"
# What stands in every consent and confirmation given through the link.
FACTOR = "passport-tail+code"

# A change of any of these sentences is a new version: what students agreed to before keeps its own text.
CONSENT_VERSION = "2020-02/1"
CONSENT_TEXT = (
    gettext_noop(
        "Our dormitory has been told to make itself ready as a medical observation site. Before the rooms can be "
        "prepared, the belongings in them have to be packed and moved to safe storage. These are your things and this "
        "was your home, so we ask you first."
    ),
    gettext_noop(
        "Who packs: always two members of staff together, of your own sex wherever we can. One packs, the other "
        "watches and signs as witness. Their names stand beside every step."
    ),
    gettext_noop(
        "What they do: they photograph the room before anything is touched, list and photograph your things as they "
        "pack them, close every box with a numbered seal, and photograph the room again when they leave. If they are "
        "in doubt about a thing, they keep it."
    ),
    gettext_noop(
        "Where your boxes go: to the storage of the campus. On these pages you see every box, what is in it, its seal "
        "and where it stands, and you can say at any time that something is not right."
    ),
    gettext_noop(
        "Our pledge: the two who pack look no further than they must. They do not read letters, papers or devices, and "
        "they tell nobody what they saw. Your lists and photos are seen by you and by the staff responsible for the "
        "move, and by nobody else."
    ),
    gettext_noop(
        "If you do not agree: your answer is respected, and your responsible teacher will talk with you. If the room "
        "must be opened all the same, two people of the office have to sign a written decision with its reason. You "
        "can read that decision here, and your room comes last."
    ),
    gettext_noop(
        "You may change your answer until packing of your room begins. Your answer is about packing, moving and "
        "storing only. Nobody asks you to give anything up."
    ),
)
CONFIRMATION_VERSION = "2020-02/1"
CONFIRMATION_TEXT = gettext_noop(
    "I have looked through list number %(number)s of my belongings. My boxes and the things in them are listed as I "
    "know them. If I find later that something is missing or damaged, I can still say so when my belongings are "
    "returned."
)


def consent_text(language: str) -> str:
    """The whole text a student is asked to answer, in `language`, one paragraph after the other."""
    with translation.override(language):
        return "\n\n".join(_(paragraph) for paragraph in CONSENT_TEXT)


def confirmation_text(language: str, *, number: int) -> str:
    """What a student says by confirming list `number`, in `language`."""
    with translation.override(language):
        return _(CONFIRMATION_TEXT) % {"number": number}


def language_of(student: Student) -> str:
    """The student's own language where we have it, else English."""
    return served(student.person.language.lower(), settings.STUDENT_LANGUAGES)


def name_of(person: Person, *, language: str) -> str:
    """The person's name as a reader of `language` knows it: the passport's, or on Chinese pages the roster's."""
    return person.name if language == CHINESE else person.passport_name or person.name


@dataclass(frozen=True)
class Side:
    """One of the languages of a student's paper, its direction, and the student's name in it."""

    language: str
    html_language: str
    direction: str
    name: str

    @classmethod
    def of(cls, student: Student, *, language: str) -> "Side":
        """The side of `language` in a paper for `student`."""
        return cls(
            language=language,
            html_language=translation.to_locale(language).replace("_", "-"),
            direction="rtl" if get_language_info(language)["bidi"] else "ltr",
            name=name_of(student.person, language=language),
        )


def sides_of(student: Student) -> list[Side]:
    """A student's papers speak their own language and Chinese; Chinese alone to those who read it."""
    return [Side.of(student, language=language) for language in dict.fromkeys((language_of(student), CHINESE))]


def zone_of(person: Person, *, otherwise: str) -> ZoneInfo:
    """The person's own time zone, or the one named `otherwise` when theirs is not known."""
    for name in (person.time_zone, otherwise):
        try:
            return ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            continue
    return ZoneInfo(settings.TIME_ZONE)


def both_zones(at: datetime, student: Student) -> list[str]:
    """For papers: the time on the student's clock and, where it differs, on the campus's; each says its zone."""
    campus = student.building.time_zone
    zones = (zone_of(student.person, otherwise=campus), ZoneInfo(campus))
    shown = [timezone.localtime(at, zone) for zone in zones]
    return list(dict.fromkeys(f"{time:%Y-%m-%d %H:%M} (UTC{time.isoformat()[-6:]})" for time in shown))


def begin(request: HttpRequest, link: StudentLink, *, language: str) -> None:
    """Open the student's session in this browser; whoever was logged in there before is logged out.

    One browser is one person: a member of staff who tries a student's link on their own phone must not act as both.
    """
    request.session.flush()
    request.session[SESSION_LINK] = link.pk
    request.session[STUDENT_LANGUAGE] = language
    request.session.set_expiry(settings.STUDENT_SESSION_MINUTES * 60)
    rotate_token(request)


def link_of(request: HttpRequest) -> StudentLink | None:
    """The living link this browser was opened with; none beside a staff log-in, nor after it ended or was replaced."""
    pk = request.session.get(SESSION_LINK)
    if pk is None or request.user.is_authenticated:
        return None
    return (
        StudentLink.objects.active()
        .filter(pk=pk)
        .select_related("student__person__responsible", "student__building", "student__bed__room")
        .first()
    )


def own_page(
    view: Callable[Concatenate[HttpRequest, Student, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Let in only the student whose link was opened in this browser, and hand the student to the view.

    The view runs in the student's time zone. Everything it shows is fetched through the student it was given.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        link = link_of(request)
        if link is None:
            return render(request, "inventory/my/closed.html", status=403)
        if request.method == "POST":
            # Writing keeps the session open; looking does not, because looking changes nothing.
            request.session.modified = True
        student = link.student
        with timezone.override(zone_of(student.person, otherwise=student.building.time_zone)):
            return view(request, student, *args, **kwargs)

    return own_link(guarded)


class OwnPagesMiddleware:
    """Nothing under a personal link is kept by browsers, proxies or search engines, whatever the answer is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Say so in the answer's head."""
        response = self.get_response(request)
        if request.path.lower().startswith(OWN_LINK_PATHS):
            response.headers["Cache-Control"] = "no-store, private"
            response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response
