"""Logging in and out, and the language of the pages."""

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from core.access import public, signed_in
from people.language import COOKIE, STUDENT_LANGUAGE

_form = LoginView.as_view(template_name="people/log_in.html", redirect_authenticated_user=True)


@public("who is not logged in must be able to log in")
def log_in(request: HttpRequest) -> HttpResponseBase:
    """The log-in form."""
    return _form(request)


@require_POST
@signed_in("ends the own session and shows nothing")
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("log_in")


@require_POST
@public("choosing a language shows and changes nothing of anyone's but the own choice")
def set_language_choice(request: HttpRequest) -> HttpResponse:
    """Remember the language: with the user when logged in, in a student's session, and in a cookie."""
    wanted = request.POST.get("language", "")
    target = request.POST.get("next", "")
    if not target.startswith("/") or not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    response = redirect(target)
    if wanted not in settings.STUDENT_LANGUAGES:
        return response
    if STUDENT_LANGUAGE in request.session:
        request.session[STUDENT_LANGUAGE] = wanted
    if request.user.is_authenticated and wanted in settings.STAFF_LANGUAGES:
        request.user.language = wanted
        request.user.save(update_fields=["language"])
    response.set_cookie(
        COOKIE, wanted, max_age=365 * 86400, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
    return response
