"""Who comes to the gate of the demo's site, and the sheets of a night without power that still wait."""

from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import uuid4

from observation import letting_in, printing_forms
from observation.models import FormKind, Visit
from plans.demo.days import Days
from rooms.models import Area


class Came(NamedTuple):
    """A visitor: how many hours before now, for how long (nothing: still inside), who, from where, what for."""

    ago: float
    hours: float
    name: str
    organisation: str
    purpose: str
    temperature: str


CAME = (
    Came(53, 1.5, "韩师傅", "自来水公司", "三层卫生间漏水检修", "36.3"),
    Came(30, 0.5, "丁老师", "国际合作处", "送学生护照复印件", "36.6"),
    Came(28, 0.75, "区疾控采样组", "区疾病预防控制中心", "环境采样", "36.4"),
    Came(6, 1, "老魏", "供热公司", "换二层暖气阀门", "36.5"),
    Came(1.5, 0, "送餐车司机马师傅", "饮食服务中心", "送餐具", "36.2"),
    Came(0.6, 0, "夏工", "网络中心", "检修无线路由器", "36.7"),
)
# What was printed when the power failed last night, as many hours before now.
PRINTED_AGO = 9.5


class Visiting:
    """The gate's log, each at its hour."""

    def __init__(self, days: Days) -> None:
        self.days = days

    def plan(self) -> None:
        """Plan it all."""
        days = self.days
        for came in CAME:
            at = days.until - timedelta(hours=came.ago)
            if at >= days.at(0, 8):
                days.plan(at, self.come, came)
        printed = days.until - timedelta(hours=PRINTED_AGO)
        if printed >= days.at(0, 8):
            days.plan(printed, self.print_forms)

    def come(self, came: Came) -> None:
        """Somebody is let in; most leave again."""
        days = self.days
        gate = Area.objects.in_building(days.building).filter(kind="gate").first()
        visit = letting_in.let_in(
            days.building,
            name=came.name,
            organisation=came.organisation,
            phone="",
            purpose=came.purpose,
            area=gate,
            temperature=Decimal(came.temperature),
            came_at=None,
            left_at=None,
            form=None,
            by=days.users["officer"],
            client_id=uuid4(),
        )
        if came.hours:
            days.plan(days.clock.at + timedelta(hours=came.hours), self.leave, visit)

    def leave(self, visit: Visit) -> None:
        """They have left."""
        letting_in.see_off(visit, by=self.days.users["officer"])

    def print_forms(self) -> None:
        """The power fails: the visitor log and a round sheet go on by paper, and wait to be typed back."""
        days, officer = self.days, self.days.users["officer"]
        printing_forms.issue_for(days.building, kind=FormKind.VISITORS, day=days.date, by=officer)
        if floors := printing_forms.floors_lived_on(days.building):
            printing_forms.issue_for(days.building, kind=FormKind.ROUND, day=days.date, floor=floors[0], by=officer)
