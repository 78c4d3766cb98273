"""Looking after the people of the demo's site: meals, requests, talks, incidents, waste, the roll."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import uuid4

from observation import collecting_waste, looking_after, meals, roll_calling
from observation.models import CareNote, Found, MealTime, Request, RequestKind, RollCall
from people.models import Person, User
from plans.demo import comers
from plans.demo.days import Days
from rooms.models import Incident, IncidentKind, Room, WasteKind

TOLD_BEFORE = timedelta(minutes=45)


class Asked(NamedTuple):
    """A request: whose (counted from the first room), how many hours before now, what, and what came of it when."""

    place: int
    ago: float
    kind: RequestKind
    words: str
    own: bool = False
    after: float = 0
    outcome: str = ""


ASKED = (
    Asked(2, 92, RequestKind.LINEN, "多要一床被子", after=2, outcome="已送到门口。"),
    Asked(4, 75, RequestKind.MEDICINE, "降压药快用完了", after=20, outcome="家属寄到，护士核对后送入。"),
    Asked(0, 60, RequestKind.REPAIR, "卫生间灯不亮", own=True, after=5, outcome="换了灯泡。"),
    Asked(5, 50, RequestKind.PARCEL, "家里寄来的书", after=3, outcome="已送到门口。"),
    Asked(3, 27, RequestKind.MEAL, "想吃清淡些，不要辣", own=True, after=1, outcome="已告知配餐间。"),
    Asked(7, 25, RequestKind.PARCEL, "快递：换洗衣物", after=4, outcome="已送到门口。"),
    Asked(6, 20, RequestKind.REPAIR, "窗户关不严，夜里冷"),
    Asked(1, 5, RequestKind.MEDICINE, "需要一盒喉糖", own=True),
    Asked(8, 3, RequestKind.PARCEL, "门卫收到一个保温箱"),
    Asked(9, 1.2, RequestKind.TALK, "睡不着，想找人说说话", own=True),
)
# (whose, hours before now, words, days until somebody calls again: none closes it at once)
NOTES = (
    (5, 80, "第一天有些紧张，聊了十五分钟，已与家人视频。", None),
    (2, 44, "担心单位的工作，情绪低落；约好再打电话。", 2),
    (9, 21, "夜里睡不好，教了放松呼吸；请心理老师回访。", 2),
)
MISSING, UNEXPECTED = 4, 6
ROLL_WORDS = "不在房内的人在楼梯口打电话，已劝回；多出的一人是配餐员，已登记离开。"


class Caring:
    """What the site does for its people, each at its hour."""

    def __init__(self, days: Days) -> None:
        self.days = days

    @property
    def officer(self) -> User:
        """The duty officer."""
        return self.days.users["officer"]

    def plan(self) -> None:
        """Plan it all."""
        days = self.days
        for day in range(days.last + 1):
            on = days.at(day, 0).date()
            for meal in MealTime.values:
                at = meals.served_at(days.building, on, meal) - TOLD_BEFORE
                days.plan(at, self.tell_the_kitchen, on, meal)
            days.plan(days.at(day, 18, 10), self.collect_waste, day)
        for day in sorted({1, days.last - 1}):
            if 0 <= day < days.last:
                days.plan(days.at(day, 21), self.call_the_roll)
        for asked in ASKED:
            self._plan_ago(asked.ago, self.ask, asked)
        for place, ago, words, again in NOTES:
            self._plan_ago(ago, self.talk, place, words, again)
        days.plan(days.at(2, 15, 50), self.leak)
        days.plan(days.at(3, 20, 40), self.corridor)
        days.plan(days.at(5, 17), self.sprayer)

    def _plan_ago(self, hours: float, act: Callable[..., object], *given: object) -> None:
        at = self.days.until - timedelta(hours=hours)
        if at >= self.days.at(0, 14):
            self.days.plan(at, act, *given)

    def tell_the_kitchen(self, day: date, meal: str) -> None:
        """The kitchen is told how many of each diet."""
        if self.days.staying():
            meals.send(self.days.building, day=day, meal=meal, by=self.officer, client_id=uuid4())

    # requests and talks

    def ask(self, asked: Asked) -> None:
        """Somebody needs something; most of it is done some hours later."""
        here = self.days.staying()
        if asked.place >= len(here):
            return
        made = looking_after.ask(
            here[asked.place],
            kind=asked.kind,
            words=asked.words,
            by=None if asked.own else self.days.users["nurse"],
            client_id=uuid4(),
            responsible=self._responsible(),
            self_reported=asked.own,
        )
        if asked.outcome:
            self.days.plan(self.days.clock.at + timedelta(hours=asked.after), self.close, made, asked.outcome)

    def close(self, asked: Request | CareNote | Incident, outcome: str) -> None:
        """It is done."""
        looking_after.close(asked, outcome=outcome, by=self.officer)

    def talk(self, place: int, words: str, again: int | None) -> None:
        """A talk about how somebody is."""
        here = self.days.staying()
        if place < len(here):
            looking_after.note(
                here[place],
                words=words,
                responsible=self._responsible(),
                again_on=self.days.date + timedelta(days=again) if again else None,
                by=self.days.users["nurse2"],
                client_id=uuid4(),
            )

    def _responsible(self) -> Person | None:
        return self.officer.person

    # incidents

    def leak(self) -> None:
        """The heating of a room leaks; its occupant moves."""
        moved = self.days.living(comers.MOVED)
        room = self.days.room_of(moved) if moved else None
        leak = self._report(IncidentKind.DAMAGE, room, "暖气阀门漏水，地面有积水。")
        self.days.plan(self.days.at(3, 9), self.close, leak, "更换阀门，地面已擦干；入住人已换房。")

    def corridor(self) -> None:
        """Somebody walks in the corridor."""
        found = self._report(IncidentKind.LEAVING, None, "三层一名观察人员到走廊找信号，约五分钟。")
        self.days.plan(self.days.at(3, 21, 30), self.close, found, "已劝回房间，加装无线路由器。")

    def sprayer(self) -> None:
        """No room can be disinfected until the part is there."""
        broken = self._report(IncidentKind.OTHER, None, "常量喷雾器损坏，终末消毒暂停，配件后天早上到。")
        self.days.plan(self.days.at(7, 9), self.close, broken, "配件已换，试喷正常。")

    def _report(self, kind: IncidentKind, room: Room | None, words: str) -> Incident:
        return looking_after.report(
            self.days.building,
            kind=kind,
            room=room,
            words=words,
            happened_at=self.days.clock.at - timedelta(minutes=10),
            responsible=self._responsible(),
            by=self.officer,
            client_id=uuid4(),
        )

    # waste and the roll

    def collect_waste(self, day: int) -> None:
        """The evening's collection; sharps and linen now and then."""
        people = len(self.days.staying())
        if not people:
            return
        self._waste(WasteKind.INFECTIOUS, bags=max(1, people // 2), kilograms=Decimal(people * 8 + day % 5) / 10)
        if day % 3 == 2:
            self._waste(WasteKind.SHARPS, bags=1, kilograms=Decimal("0.6"), tag=f"LQ-{day:03}")
        if day % 2:
            self._waste(WasteKind.LINEN, bags=max(1, people // 4), kilograms=None)

    def _waste(self, kind: WasteKind, *, bags: int, kilograms: Decimal | None, tag: str = "") -> None:
        collecting_waste.collect(
            self.days.building,
            kind=kind,
            room=None,
            bags=bags,
            kilograms=kilograms,
            tag=tag,
            handed_to="" if kind == WasteKind.LINEN else "区医废转运车",
            by=self.days.users["nurse2"],
            client_id=uuid4(),
        )

    def call_the_roll(self) -> None:
        """Everybody is looked for; one is not in the room, and one is there who is not on the list."""
        here = self.days.staying()
        if not here:
            return
        roll_call = roll_calling.start(self.days.building, by=self.officer)
        for place, occupant in enumerate(here):
            self.days.clock.forward(seconds=50)
            found = Found.MISSING if place == MISSING else Found.HERE
            roll_calling.mark(roll_call, occupant=occupant, found=found, by=self.officer, client_id=uuid4())
            if place == UNEXPECTED:
                room = self.days.room_of(occupant)
                roll_calling.meet(
                    roll_call,
                    room=room,
                    occupant=None,
                    words="配餐员在房门口收餐盒",
                    by=self.officer,
                    client_id=uuid4(),
                )
        self.days.plan(self.days.clock.at + timedelta(minutes=20), self.close_the_roll, roll_call)

    def close_the_roll(self, roll_call: RollCall) -> None:
        """What differed is explained."""
        differs = roll_calling.standing(roll_call).discrepancies
        roll_calling.close(roll_call, words=ROLL_WORDS if differs else "", by=self.officer)
