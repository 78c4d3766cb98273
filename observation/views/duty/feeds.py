"""Calendar addresses: made and shown once, ended, and the address itself, which anyone with the token may read."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import may, needs, public
from core.records import require
from observation.duty import feeding
from observation.forms.duty import FeedForm
from observation.models import DutyFeed
from observation.views.duty.tabs import tabs_of
from people.acting import acting
from rooms.models import Building


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@needs("rooms.swap_duty", Building)
def duty_feeds(request: HttpRequest, building: Building) -> HttpResponse:
    """My own addresses and, for who keeps the roster, the areas'; a new one is shown this once."""
    form, address, status = FeedForm(request.POST or None, building=building), "", 200
    user, keeps = acting(request), may(request.user, "keep_roster", building)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            area = form.cleaned_data["area"]
            _feed, token = feeding.make_address(building, area=area, by=user)
            address, status = f"{settings.PUBLIC_URL}{reverse('duty_feed', args=[token])}", 200
            form = FeedForm(building=building)
    rows = DutyFeed.objects.in_building(building).alive().select_related("person", "area")
    rows = rows.filter(person=user.person_id or 0) | rows.filter(area__isnull=False)
    context = {
        "building": building,
        "tabs": tabs_of(request, building),
        "form": form,
        "address": address,
        "rows": rows.order_by("-pk"),
        "keeps": keeps,
    }
    return render(request, "observation/duty/feeds.html", context, status=status)


@require_POST
@needs("rooms.swap_duty", DutyFeed)
def end_feed(request: HttpRequest, feed: DutyFeed) -> HttpResponse:
    """End an address of one's own, or one of an area."""
    user = acting(request)
    require(
        feed.area_id is not None or feed.person_id == user.person_id or may(user, "keep_roster", feed.building),
        "not-their-feed",
        _("Only who made this address, or who keeps the roster, ends it."),
    )
    feeding.end_address(feed, by=user)
    return redirect("duty_feeds", pk=feed.building_id)


@require_safe
@never_cache
@public("the token is the key; it shows posts, areas, hours and the building of one person's or one area's duties")
def duty_feed(_request: HttpRequest, token: str) -> HttpResponse:
    """The calendar; an address that is unknown or ended answers as any page that is not there."""
    feed = feeding.feed_of(token)
    if feed is None:
        raise Http404
    return HttpResponse(
        feeding.calendar(feed),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'inline; filename="duty.ics"', "X-Robots-Tag": "noindex"},
    )
