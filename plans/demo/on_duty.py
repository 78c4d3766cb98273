"""The duty roster of the demo: who serves, a month drawn by rule, and what became of it since."""

from datetime import time, timedelta
from uuid import uuid4

from core.records import Refused
from observation.duty import absences, changing, rostering, swapping
from observation.duty.choosing import candidates
from observation.duty.months import Month
from observation.duty.setting_up import let_hold, set_rules
from observation.ending import today
from observation.models import Duty, DutyRole, Post, ShiftPattern
from people.models import Category, ContactKind, ContactPoint, Person, User
from plans.demo.days import Days
from rooms.models import Area, Building, Posting, Room

SHIFTS = (("白班", "Day", time(8), time(20), False), ("夜班", "Night", time(20), time(8), True))
# (name, name in English, role, area, by night, who may hold it)
POSTS = (
    ("领导带班", "Leadership", DutyRole.LEADERSHIP, "", True, "冯书记 蒋主任 沈院长 韩书记 杨主任"),
    ("防控小组", "Task force", DutyRole.TASK_FORCE, "", True, "王老师 朱老师 秦老师 许老师 尤老师"),
    ("科级干部", "Section head", DutyRole.SECTION_HEAD, "", True, "陈老师 刘老师 吕科长 施科长 孔科长"),
    ("总值班", "Manager on duty", DutyRole.MANAGER_ON_DUTY, "", True, "张老师 何老师 郭主任"),
    ("二层", "Floor 2", DutyRole.AREA, "floor 2", True, "曹老师 严老师 华老师 金老师 李老师 谢老师"),
    ("三层", "Floor 3", DutyRole.AREA, "floor 3", True, "魏老师 陶老师 姜老师 戚老师 李老师 谢老师"),
    ("四层", "Floor 4", DutyRole.AREA, "floor 4", True, "邹老师 喻老师 柏老师 水老师 谢老师"),
    ("门岗", "Gate", DutyRole.AREA, "gate", True, "赵师傅 钱师傅 窦师傅 章师傅"),
    ("医务", "Clinic", DutyRole.AREA, "clinic", True, "吴护士 徐护士 云护士 苏护士"),
    ("配餐", "Kitchen", DutyRole.AREA, "kitchen", False, "孙阿姨 周阿姨 郑阿姨"),
)
RULES = {"rest_hours": 11, "most_hours_a_week": 60, "answer_minutes": 30, "source": "宿舍防控小组会议，2020年2月7日"}
AHEAD = 14
GAP_IN = 5


class OnDuty:
    """Who is in charge of the demo's site, at each hour."""

    def __init__(self, days: Days) -> None:
        self.days = days

    def plan(self) -> None:
        """The roster stands before the first day; the rest comes in its time."""
        days = self.days
        days.plan(days.at(-1, 14), set_up, days)
        days.plan(days.ago(26 * 60), self.take_over)
        days.plan(days.ago(5 * 60), self.fall_ill)
        days.plan(days.ago(4 * 60), self.leave_a_gap)
        days.plan(days.ago(3 * 60), self.ask_for_a_swap)

    def take_over(self) -> None:
        """The second nurse, or the first, takes over from whoever holds the clinic."""
        clinic = _post(self.days.building, "医务")
        for name in ("nurse2", "nurse"):
            try:
                changing.take_over(
                    clinic, by=self.days.users[name], why="原值班人员身体不适，提前接岗。", client_id=uuid4()
                )
            except Refused:
                continue
            return

    def fall_ill(self) -> None:
        """Somebody of the floors is absent for two days; a substitute stands in where one is free for all of it."""
        for duty in self._coming(("二层", "三层", "四层"), after=40):
            person = duty.person
            if person is None:
                continue
            span = {"starts_at": duty.starts_at - timedelta(hours=6), "ends_at": duty.ends_at + timedelta(hours=6)}
            for other in candidates(duty.shift, duty.post):
                if other.person == person or other.against is not None:
                    continue
                absences.be_absent(
                    self.days.building,
                    person=person,
                    why="发热门诊就诊，等待结果。",
                    substitute=other.person,
                    by=self.days.users["manager"],
                    client_id=uuid4(),
                    **span,
                )
                return

    def leave_a_gap(self) -> None:
        """In five days the gate is not held: nobody stands in yet."""
        for duty in self._coming(("门岗",), after=GAP_IN * 24):
            if duty.person is not None:
                absences.be_absent(
                    self.days.building,
                    person=duty.person,
                    starts_at=duty.starts_at,
                    ends_at=duty.ends_at,
                    why="家中有事。",
                    by=self.days.users["manager"],
                    client_id=uuid4(),
                )
                return

    def ask_for_a_swap(self) -> None:
        """The two nurses exchange duties; it waits for an approval."""
        first, second = self.days.users["nurse"], self.days.users["nurse2"]
        rows = self._coming(("医务",), after=30)
        for gives in (row for row in rows if row.person == first.person):
            for takes in (row for row in rows if row.person == second.person):
                try:
                    swap = swapping.ask(gives, takes, why="孩子入学面试。", by=first, client_id=uuid4())
                except Refused:
                    continue
                swapping.agree(swap, by=second)
                return

    def _coming(self, posts: tuple[str, ...], *, after: int) -> list[Duty]:
        since = self.days.clock.at + timedelta(hours=after)
        rows = Duty.objects.in_building(self.days.building).held().filter(post__name__in=posts, starts_at__gt=since)
        return list(
            rows.select_related("person", "post", "shift__building", "shift__pattern").order_by("starts_at", "post")
        )


def _post(building: Building, name: str) -> Post:
    return Post.objects.in_use().get(building=building, name=name)


def set_up(days: Days) -> None:
    """Shifts, areas, posts, people, rules; then every month that the story and the next two weeks lie in is drawn."""
    building, by = days.building, days.users["manager"]
    for name, name_en, starts, ends, night in SHIFTS:
        ShiftPattern.enter(by=by, building=building, name=name, name_en=name_en, starts=starts, ends=ends, night=night)
    set_rules(building, by=by, **RULES)
    areas = _areas(building, by)
    people = _people(building, days.users, by)
    for position, (name, name_en, role, area, by_night, names) in enumerate(POSTS):
        post = Post.enter(
            by=by,
            building=building,
            role=role,
            area=areas.get(area),
            name=name,
            name_en=name_en,
            by_night=by_night,
            leads=role == DutyRole.MANAGER_ON_DUTY,
            position=position,
        )
        let_hold(post, [people[one] for one in names.split()], by=by)
    month, last = Month.of(today(building)), Month.of(today(building, days.until + timedelta(days=AHEAD)))
    while month <= last:
        rostering.write(building, month, mark="", by=by)
        month = month.after


def _areas(building: Building, by: User) -> dict[str, Area]:
    doors = {room.use: room for room in Room.objects.in_building(building).order_by("-number")}
    found = {}
    for position, floor in enumerate((2, 3, 4)):
        found[f"floor {floor}"] = Area.enter(
            by=by,
            building=building,
            kind="floor",
            floor=floor,
            name=f"{'一二三四'[floor - 1]}层",
            name_en=f"Floor {floor}",
            position=position,
        )
    for position, (kind, name, name_en, use) in enumerate(
        (
            ("gate", "大门", "Gate", ""),
            ("clinic", "医务室", "Clinic", "clinic"),
            ("kitchen", "配餐间", "Kitchen", "kitchen"),
        ),
        start=3,
    ):
        found[kind] = Area.enter(
            by=by, building=building, kind=kind, name=name, name_en=name_en, room=doors.get(use), position=position
        )
    return found


def _people(building: Building, users: dict[str, User], by: User) -> dict[str, Person]:
    """Whoever may hold a post, posted here and with a phone."""
    names = dict.fromkeys(name for *_rest, names in POSTS for name in names.split())
    found = {person.name: person for person in Person.objects.filter(postings__building=building)}
    for n, name in enumerate(names):
        if name not in found:
            found[name] = Person.enter(by=by, category=Category.STAFF, name=name)
            Posting.enter(by=by, building=building, person=found[name])
        ContactPoint.enter(by=by, person=found[name], kind=ContactKind.PHONE, value=f"010-5550 {200 + n:04}")
    for user in users.values():
        if user.person is None and user.first_name in names:
            user.person = found[user.first_name]
            user.save()
    return found
