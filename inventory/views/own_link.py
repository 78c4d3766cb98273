"""The door of the student's own pages: the link in their letter and two more factors."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.access import public
from inventory.forms.my import FactorsForm
from inventory.models import Student, StudentLink
from inventory.own import begin, language_of, own_page
from people.language import served


@require_http_methods(["GET", "HEAD", "POST"])
@public("it shows nothing of anyone before the link and both factors are right")
def own_link(request: HttpRequest, token: str, language: str = "") -> HttpResponse:
    """Ask for the two factors; the page is the same for every token, whether there is such a link or not.

    Opening it changes nothing, because messenger apps fetch every address they see.
    """
    if language:
        language = served(language.lower(), settings.STUDENT_LANGUAGES)
        translation.activate(language)  # the language middleware ends this with the request
    form = FactorsForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        link = StudentLink.open(token, **form.cleaned_data)
        if link is not None:
            begin(request, link, language=language or language_of(link.student))
            return redirect("my")
        # One sentence for every cause: wrong factors, and a link that is unknown, locked, replaced or past its end.
        form.add_error(
            None,
            _(
                "This did not open your pages. Please check both entries. After five wrong tries a link stays closed; "
                "your responsible teacher can give you a new letter."
            ),
        )
    context = {"form": form, "up": "../" if language else ""}
    return render(request, "inventory/my/own_link.html", context, status=422 if form.is_bound else 200)


@require_POST
@own_page
def my_leave(request: HttpRequest, student: Student) -> HttpResponse:
    """End the session, for those who read on a phone that is not theirs."""
    request.session.flush()
    return redirect("my")
