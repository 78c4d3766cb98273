"""The occupant's own pages: the door, how they are, what they need, what became of it."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.access import public
from inventory.views.acts import carry_out
from observation import looking_after, self_reporting
from observation.ending import protocol_of
from observation.forms.own import CodeForm, OwnRequestForm, ReportForm
from observation.models import Occupant, Symptom
from observation.own import begin, own_page

FORM_PAGES = require_http_methods(["GET", "HEAD", "POST"])
SHOWN = 20  # reports and requests on the occupant's page


@FORM_PAGES
@public("it shows nothing of anyone before the room's code and the occupant's own are right")
def door(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for the code; the page is the same for every room, whether there is one or not. Opening changes nothing."""
    language = request.GET.get("language", "")
    if language in settings.STUDENT_LANGUAGES:
        translation.activate(language)  # the language middleware ends this with the request
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        occupant = self_reporting.open_door(code, **form.cleaned_data)
        if occupant is not None:
            begin(request, occupant, language=translation.get_language() or settings.LANGUAGE_CODE)
            return redirect("stay")
        # One sentence for every cause: a wrong code, an unknown room, nobody there, a locked code.
        form.add_error(
            None,
            _(
                "This did not open your page. Please check the code. After five wrong tries it stays closed; "
                "the desk gives you a new code."
            ),
        )
    return render(request, "observation/own/door.html", {"form": form}, status=422 if form.is_bound else 200)


@FORM_PAGES
@own_page
def stay(request: HttpRequest, occupant: Occupant) -> HttpResponse:
    """How they are: the form, and what they sent before."""
    protocol = protocol_of(occupant.building)
    form = ReportForm(request.POST if request.method == "POST" else None, protocol=protocol)

    def again(status: int) -> HttpResponse:
        labels = {key: str(label) for key, label in Symptom.choices}
        checks = occupant.checks.filter(self_reported=True).select_related("protocol").order_by("-pk")[:SHOWN]
        context = {
            "occupant": occupant,
            "protocol": protocol,
            "form": form,
            "reports": [(check, [labels.get(key, key) for key in check.symptoms]) for check in checks],
            "asked": occupant.requests.order_by("-pk")[:SHOWN],
        }
        return render(request, "observation/own/stay.html", context, status=status)

    def send() -> None:
        self_reporting.report(occupant, **form.cleaned_data)
        messages.success(request, _("Thank you. We have your report."))

    if request.method != "POST":
        return again(200)
    return carry_out(
        request,
        form,
        send,
        then=lambda: "stay",
        again=again,
    )


@FORM_PAGES
@own_page
def stay_request(request: HttpRequest, occupant: Occupant) -> HttpResponse:
    """What they need."""
    form = OwnRequestForm(request.POST if request.method == "POST" else None)

    def again(status: int) -> HttpResponse:
        context = {"occupant": occupant, "form": form}
        return render(request, "observation/own/request.html", context, status=status)

    def send() -> None:
        looking_after.ask(occupant, by=None, self_reported=True, **form.cleaned_data)
        messages.success(request, _("Thank you. We have your request."))

    if request.method != "POST":
        return again(200)
    return carry_out(
        request,
        form,
        send,
        then=lambda: "stay",
        again=again,
    )


@require_POST
@own_page
def stay_leave(request: HttpRequest, occupant: Occupant) -> HttpResponse:
    """End the session, for those who use a phone that is not theirs."""
    request.session.flush()
    return redirect("stay")
