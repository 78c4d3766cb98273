"""What a roster is made of, changed by who keeps it: patterns, posts and who may hold them, areas, rules."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.records import require
from observation.models import Duty, DutyRules, Eligibility, Post, ShiftPattern
from people.models import Person, User
from rooms.models import Area, Building, Posting


@transaction.atomic
def set_pattern(
    building: Building, pattern: ShiftPattern | None, *, by: User, retired: bool = False, **said: Any
) -> None:
    """Enter a shift pattern or change it; shifts that are made keep their hours."""
    building.hold()
    said["retired_at"] = timezone.now() if retired else None
    if pattern is None:
        ShiftPattern.enter(by=by, building=building, **said)
    else:
        if pattern.retired_at is not None and retired:
            said["retired_at"] = pattern.retired_at
        pattern.amend(by=by, **said)


@transaction.atomic
def set_post(
    building: Building,
    post: Post | None,
    *,
    people: Collection[Person],
    by: User,
    retired: bool = False,
    **said: Any,
) -> Post:
    """Enter a post or change it, and say who may hold it; who is withdrawn keeps the duties they have, as clashes."""
    building.hold()
    area = said.get("area")
    require(
        area is None or area.building_id == building.pk, "area-elsewhere", _("This area belongs to another building.")
    )
    posted = set(Posting.objects.in_building(building).values_list("person", flat=True))
    stranger = next((one for one in people if one.pk not in posted), None)
    require(
        stranger is None,
        "not-posted",
        _("%(name)s is not posted at this building.") % {"name": stranger.name if stranger else ""},
    )
    said["retired_at"] = (post.retired_at if post and post.retired_at else timezone.now()) if retired else None
    if post is None:
        post = Post.enter(by=by, building=building, **said)
    else:
        down = Duty.objects.held().filter(post=post, ends_at__gt=timezone.now())
        require(
            not retired or not down.exists(),
            "post-in-use",
            _("Somebody is down for this post from now on. Empty its duties first."),
        )
        post.amend(by=by, **said)
    let_hold(post, people, by=by)
    return post


def let_hold(post: Post, people: Collection[Person], *, by: User | None) -> None:
    """These people may hold the post, and nobody else."""
    wanted = {person.pk for person in people}
    there = {one.person_id: one for one in Eligibility.objects.filter(post=post, withdrawn_at__isnull=True)}
    for person, row in sorted(there.items()):
        if person not in wanted:
            row.amend(by=by, withdrawn_at=timezone.now())
    Eligibility.enter_many([Eligibility(post=post, person_id=pk) for pk in sorted(wanted - there.keys())], by=by)


@transaction.atomic
def set_area(building: Building, area: Area | None, *, by: User, **said: Any) -> None:
    """Enter an area of responsibility or change it."""
    building.hold()
    room = said.get("room")
    require(room is None or room.building_id == building.pk, "room-elsewhere", _("This room is in another building."))
    if area is None:
        Area.enter(by=by, building=building, **said)
    else:
        area.amend(by=by, **said)


@transaction.atomic
def set_rules(building: Building, *, by: User, **said: Any) -> None:
    """The rules of the building's roster."""
    building.hold()
    rules = DutyRules.objects.filter(building=building).first()
    if rules is None:
        DutyRules.enter(by=by, building=building, **said)
    else:
        rules.amend(by=by, **said)
