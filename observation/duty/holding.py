"""Who is in charge: of a post, an area, the shift; now and at any moment."""

from dataclasses import dataclass
from datetime import datetime

from observation.models import Duty, Post, Shift
from people.models import Person, User
from rooms.models import Area, Building


@dataclass(frozen=True)
class Held:
    """A post at a moment, and who holds it; without a duty nobody is down for it, without a person it is vacant."""

    post: Post
    duty: Duty | None

    @property
    def person(self) -> Person | None:
        """Who holds the post."""
        return self.duty.person if self.duty else None


def held_at(building: Building, at: datetime) -> list[Held]:
    """Every post in use with whoever holds it at `at`, the four roles first; two queries."""
    duties = {
        duty.post_id: duty
        for duty in Duty.objects.in_building(building).at(at).select_related("person", "shift__pattern", "post__area")
    }
    posts = Post.objects.in_use().in_building(building).select_related("area")
    return [Held(post, duties.get(post.pk)) for post in posts]


def holder_of(post: Post, at: datetime) -> Person | None:
    """Who held, holds or will hold the post at `at`, as the roster says now."""
    duty = Duty.objects.filter(post=post).at(at).select_related("person").first()
    return duty.person if duty else None


def responsible_for(area: Area, at: datetime) -> list[Person]:
    """Who holds the posts of the area at `at`, in the posts' order; empty when nobody does."""
    duties = Duty.objects.held().at(at).filter(post__area=area).select_related("person")
    return [duty.person for duty in duties.order_by("post__position", "post") if duty.person]


def leading(building: Building, at: datetime) -> Duty | None:
    """The duty of whoever leads the shift at `at`; None when nobody is down for it or the post stands vacant."""
    duties = Duty.objects.in_building(building).held().at(at).filter(post__leads=True, post__retired_at__isnull=True)
    return duties.select_related("person", "post", "shift__pattern").first()


def leads(user: User, building: Building, at: datetime) -> bool:
    """Whether this log-in is the one of whoever leads the shift at `at`."""
    duty = leading(building, at)
    return duty is not None and user.person_id is not None and duty.person_id == user.person_id


def next_shift(shift: Shift) -> Shift | None:
    """The shift of the roster that follows."""
    later = Shift.objects.filter(building=shift.building_id, starts_at__gt=shift.starts_at)
    return later.select_related("pattern").order_by("starts_at").first()
