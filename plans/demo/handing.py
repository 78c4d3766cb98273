"""From shift to shift in the demo: every handover signed by two, the log, the counts, and a point that grows old."""

import io
from datetime import timedelta
from typing import NamedTuple
from uuid import uuid4

from core.uploads import take_photo
from observation import counting, shift_log
from observation.handing_over import pointing, taking_over, writing
from observation.handing_over.leads import following, lead_of, under_way
from observation.handing_over.writing import Written
from observation.models import Handover, Severity, Shift
from people.models import Person, User
from plans.demo.days import Days
from plans.demo.pictures import scene
from rooms.models import Supply, SupplyKind

SIGNED_BEFORE, ANSWERED_AFTER, COUNTED_BEFORE = timedelta(minutes=8), timedelta(minutes=3), timedelta(minutes=40)


class Thing(NamedTuple):
    """Something that is counted: how many there should be, how many there are, and how many in the present shift."""

    kind: SupplyKind
    name: str
    name_en: str
    unit: str
    least: int
    there: int
    now: int


THINGS = (
    Thing(SupplyKind.CONSUMABLE, "N95口罩", "N95 respirators", "只", 60, 140, 42),
    Thing(SupplyKind.CONSUMABLE, "医用手套", "Gloves", "副", 200, 460, 410),
    Thing(SupplyKind.CONSUMABLE, "防护服", "Protective suits", "套", 20, 38, 31),
    Thing(SupplyKind.CONSUMABLE, "含氯消毒片", "Chlorine tablets", "瓶", 10, 24, 22),
    Thing(SupplyKind.EQUIPMENT, "红外体温计", "Infrared thermometers", "支", 6, 6, 6),
    Thing(SupplyKind.EQUIPMENT, "血氧仪", "Oximeters", "台", 2, 2, 2),
    Thing(SupplyKind.EQUIPMENT, "对讲机", "Radios", "部", 8, 8, 8),
    Thing(SupplyKind.KEY, "楼层总钥匙", "Master keys", "把", 3, 3, 2),
    Thing(SupplyKind.KEY, "污染区通道钥匙", "Keys of the contaminated passage", "把", 2, 2, 2),
)
# Minutes before now, whose, what, whether the next shift must know, a photo or not.
NOTES = (
    (29 * 60, "nurse", "三层东侧走廊灯闪，已请维修。", True, False),
    (17 * 60, "officer", "社区送来八箱饮用水，放一层楼梯间。", False, False),
    (165, "nurse2", "缓冲区脚垫消毒液不足，已补。", False, True),
    (95, "officer", "夜间供暖偏低，后勤答应今晚巡查锅炉，请跟进。", True, False),
    (40, "nurse", "门岗登记本换了新的一本。", False, False),
)
WORDS = (
    (Severity.STABLE, "整体平稳，按常规巡诊。"),
    (Severity.STABLE, "夜间平稳，注意清晨第一次测温不要漏。"),
    (Severity.WATCH, "有发热者，其余平稳；复测和转运请盯住。"),
)
RESTATED = (
    "先看预警和未复测的人，再补测逾期的；物资不足的上报，其余按常规。",
    "接班后先清点钥匙和口罩，再按顺序巡诊；有发热立即复测并报告。",
)


class Handing:
    """Two signatures at every change of shift."""

    def __init__(self, days: Days) -> None:
        self.days = days

    def plan(self) -> None:
        """Everything stands before the first shift; each change of shift then has its handover."""
        days = self.days
        days.plan(days.at(-1, 15), self.set_up)
        for day in range(days.last + 2):
            for hour in (8, 20):
                change = days.at(day, hour)
                if (day, hour) == (0, 8):
                    days.plan(change + ANSWERED_AFTER, self.begin)
                    continue
                days.plan(change - COUNTED_BEFORE, self.count)
                days.plan(change - SIGNED_BEFORE, self.sign)
                days.plan(change + ANSWERED_AFTER, self.acknowledge)
        # Three changes of shift lie in the last 36 hours, whatever the hour.
        days.plan(days.ago(36 * 60), self.hand_on)
        days.plan(days.ago(50), self.count_the_present)
        for ago, username, words, attention, photo in NOTES:
            at = days.ago(ago)
            if at > days.at(0, 9):
                days.plan(at, self.note, username, words, attention, photo)

    def set_up(self) -> None:
        """What is counted."""
        for one in THINGS:
            Supply.enter(
                by=self.days.users["manager"],
                building=self.days.building,
                kind=one.kind,
                name=one.name,
                name_en=one.name_en,
                unit=one.unit,
                least=one.least,
            )

    # handovers

    def begin(self) -> None:
        """The first shift of the site has nobody to take it over from."""
        due = Shift.objects.in_building(self.days.building).at(self.days.clock.at).first()
        if lead := self._log_in(lead_of(due, self.days.clock.at) if due else None):
            writing.begin_first(self.days.building, by=lead)

    def sign(self) -> None:
        """The lead writes and signs."""
        shift = under_way(self.days.building)
        lead = self._log_in(lead_of(shift, self.days.clock.at) if shift else None)
        if lead is None:
            return
        handover = writing.begin(self.days.building, by=lead)
        lines = list(handover.lines.all())
        severity, words = WORDS[2 if any(one.kind == "alert" for one in lines) else handover.pk % 2]
        written = Written(
            severity=severity, words=words, shown=[one.key for one in lines], top=[one.key for one in lines if one.top]
        )
        writing.sign(handover, written, by=lead)

    def acknowledge(self) -> None:
        """The next lead restates and signs."""
        rows = Handover.objects.in_building(self.days.building).open().filter(signed_at__isnull=False)
        handover = rows.select_related("building", "shift__pattern", "shift__building", "giver").first()
        after = following(handover.shift, self.days.clock.at) if handover else None
        lead = self._log_in(lead_of(after, self.days.clock.at) if after else None)
        if handover is not None and lead is not None and lead != handover.giver:
            taking_over.acknowledge(handover, restated=RESTATED[handover.pk % 2], by=lead)

    @staticmethod
    def _log_in(lead: Person | None) -> User | None:
        return User.objects.filter(person=lead).first() if lead else None

    # what it is written from

    def hand_on(self) -> None:
        """A point that nobody has settled since."""
        pointing.open_point(
            self.days.building,
            words="四层热水器报修，厂家说三天内上门；住户先用一层开水间。",
            by=self.days.users["officer"],
            client_id=uuid4(),
        )

    def count(self) -> None:
        """Everything is there."""
        self._count({one.name: one.there for one in THINGS})

    def count_the_present(self) -> None:
        """In the present shift masks run short and a key is missing; two things nobody has counted yet."""
        self._count({one.name: one.now for one in THINGS if one.name not in ("对讲机", "含氯消毒片")})

    def _count(self, numbers: dict[str, int]) -> None:
        pks = dict(Supply.objects.in_building(self.days.building).values_list("name", "pk"))
        counting.count(
            self.days.building,
            numbers={pks[name]: n for name, n in numbers.items() if name in pks},
            words="",
            by=self.days.users["officer"],
            client_id=uuid4(),
        )

    def note(self, username: str, words: str, attention: bool, photo: bool) -> None:  # noqa: FBT001 - planned by place
        """A note of the log."""
        drawn = io.BytesIO(scene("door", seed=len(words)))
        shift_log.note(
            self.days.building,
            words=words,
            attention=attention,
            by=self.days.users[username],
            photos=[(uuid4(), take_photo(drawn, name="note.jpg"))] if photo else [],
            client_id=uuid4(),
        )
