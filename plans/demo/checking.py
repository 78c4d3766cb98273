"""The rounds of the demo's site, the fevers they find, and what is done about them."""

from datetime import timedelta
from decimal import Decimal
from random import Random
from uuid import uuid4

from observation import alerting, moving, rounds, self_reporting
from observation.ending import end_of, protocol_of
from observation.models import Alert, HealthCheck, HospitalTransfer, Occupant, Skip, Step, Symptom, TransferStepKind
from people.models import User
from plans.demo import comers
from plans.demo.coming import Coming
from plans.demo.days import Days

# (name, day, which check of the day) → the reading, the second measurement and the symptoms.
FEVERS: dict[tuple[str, int, int], tuple[Decimal, Decimal, list[str]]] = {
    (comers.TO_HOSPITAL, 3, 0): (Decimal("38.6"), Decimal("38.5"), [Symptom.COUGH, Symptom.BREATH]),
    (comers.FALSE_ALARM, 4, 1): (Decimal("37.4"), Decimal("36.8"), []),
}
HOSPITAL, VEHICLE = "北京市示例区定点医院", "救护车 京A·120E6"
# Minutes from the reading to each step, and from the decision to each step on the way to hospital.
STEPS = {
    Step.ISOLATE: (6, "已请其留在房内，门口挂隔离牌"),
    Step.CALL: (15, "值班医生已电话问诊"),
    Step.REPORT: (25, "已报区疾控值班室"),
}
ON_THE_WAY = {
    TransferStepKind.AGREED: 12,
    TransferStepKind.VEHICLE: 25,
    TransferStepKind.LEFT: 70,
    TransferStepKind.HANDED_OVER: 110,
}


class Checking:
    """Every round of every day, each reading at its minute."""

    def __init__(self, days: Days, coming: Coming) -> None:
        self.days = days
        self.coming = coming

    @property
    def nurse(self) -> User:
        """Who is on shift: one nurse in the morning, the other one afterwards."""
        return self.days.users["nurse" if self.days.clock.at < self.days.at(self.days.day, 13) else "nurse2"]

    def plan(self) -> None:
        """Plan the rounds that have begun; in the last one a reading is late and somebody has a fever."""
        days = self.days
        hours = protocol_of(days.building).check_hours
        slots = [(days.slot(day, hour), day, n, hour) for day in range(days.last + 1) for n, hour in enumerate(hours)]
        begun = [slot for slot in slots if slot[0] <= days.until]
        for slot, *check in begun[:-1]:
            days.plan(slot + timedelta(minutes=5), self.round, *check)
        for slot, *check in begun[-1:]:
            days.plan(slot + timedelta(minutes=5), self.last_round, *check)

        for day in range(days.last + 1):
            days.plan(days.at(day, 19, 30), self.report_themselves)
        days.plan(days.at(5, 20, 15), self.report_a_headache)
        days.plan(days.ago(95), self.report_themselves)

    def report_themselves(self) -> None:
        """A few occupants measure themselves and send it through their door's code."""
        here = self.days.staying()
        for occupant in [one for one in here if one.person.name in comers.WHO_REPORT]:
            self.days.clock.forward(seconds=50)
            random = Random(f"{occupant.person.name} {self.days.day}")  # noqa: S311 - a story, not a secret
            temperature = Decimal(360 + random.randrange(2, 9)) / 10
            self_reporting.report(occupant, temperature=temperature, symptoms=[], words="", client_id=uuid4())

    def report_a_headache(self) -> None:
        """One of them has a symptom: an alert, answered like any other."""
        occupant = self.days.living(comers.HEADACHE)
        if occupant is not None:
            symptoms: list[str] = [Symptom.HEADACHE]
            self_reporting.report(occupant, temperature=Decimal("36.9"), symptoms=symptoms, words="", client_id=uuid4())
            self._answer(occupant.alerts.open().get(), "36.8 ℃", to_hospital=False)

    def round(self, day: int, n: int, hour: str) -> None:
        """A nurse goes from room to room."""
        self._measure_all(self.days.staying(), day, n, hour)

    def last_round(self, day: int, n: int, hour: str) -> None:
        """The round of the slot that has begun last: one reading is late, one sleeper has a fever when they wake."""
        here = self.days.staying()
        # Not of those who go home today.
        stay_on = [one for one in here if end_of(one).day > self.days.date]
        ill = self._one_of(stay_on, comers.FEVER)
        late = self._one_of([one for one in stay_on if one != ill], comers.LATE)
        if ill is not None:
            self._read(ill, day, hour, skipped=Skip.ASLEEP)
            self.days.plan(self.days.ago(52), self.wake_with_fever, ill, day, hour)
        self._measure_all([one for one in here if one not in (ill, late)], day, n, hour)

    def wake_with_fever(self, occupant: Occupant, day: int, hour: str) -> None:
        """What was skipped is measured now: a fever, an alert, and its first steps."""
        days = self.days
        symptoms: list[str] = [Symptom.COUGH, Symptom.CHILLS]
        check = self._read(occupant, day, hour, temperature=Decimal("38.1"), symptoms=symptoms)
        days.plan(days.ago(41), self.measure_again, check, Decimal("38.2"), symptoms)
        alert = occupant.alerts.open().get()
        days.plan(days.ago(48), self.take, alert)
        days.plan(days.ago(45), self.step, alert, Step.ISOLATE)
        days.plan(days.ago(31), self.step, alert, Step.CALL)
        days.plan(days.ago(19), self.send_to_hospital, occupant, "38.2 ℃，咳嗽、寒战")

    # one person

    @staticmethod
    def _one_of(here: list[Occupant], name: str) -> Occupant | None:
        named = [one for one in here if one.person.name == name]
        return next(iter(named or here[1:] or here), None)

    def _measure_all(self, here: list[Occupant], day: int, n: int, hour: str) -> None:
        for place, occupant in enumerate(here):
            self.days.plan(self.days.clock.at + timedelta(minutes=2 * place), self.measure, occupant, day, n, hour)

    def measure(self, occupant: Occupant, day: int, n: int, hour: str) -> None:
        """One reading, a healthy person's unless the story says otherwise."""
        name = occupant.person.name
        random = Random(f"{name} {day} {hour}")  # noqa: S311 - a story, not a secret
        if (name, day, n) not in FEVERS:
            self._read(occupant, day, hour, temperature=Decimal(360 + random.randrange(1, 9)) / 10)
            return
        first, second, symptoms = FEVERS[name, day, n]
        check = self._read(occupant, day, hour, temperature=first, symptoms=symptoms)
        self.days.plan(self.days.clock.at + timedelta(minutes=3), self.measure_again, check, second, symptoms)
        self._answer(occupant.alerts.open().get(), f"{second} ℃", to_hospital=bool(symptoms))

    def _read(
        self,
        occupant: Occupant,
        day: int,
        hour: str,
        *,
        temperature: Decimal | None = None,
        symptoms: list[str] | None = None,
        skipped: str = "",
    ) -> HealthCheck:
        return rounds.take_reading(
            occupant,
            day=self.days.at(day, 0).date(),
            hour=hour,
            temperature=temperature,
            symptoms=symptoms or [],
            skipped=skipped,
            by=self.nurse,
            client_id=uuid4(),
        )

    def measure_again(self, check: HealthCheck, temperature: Decimal, symptoms: list[str]) -> None:
        """The second measurement; both are kept."""
        rounds.measure_again(check, temperature=temperature, symptoms=symptoms, by=self.nurse, client_id=uuid4())

    # alerts

    def _answer(self, alert: Alert, second: str, *, to_hospital: bool) -> None:
        start = self.days.clock.at
        self.days.plan(start + timedelta(minutes=4), self.take, alert)
        for kind, (minutes, _words) in STEPS.items():
            self.days.plan(start + timedelta(minutes=minutes), self.step, alert, kind)
        if to_hospital:
            self.days.plan(start + timedelta(minutes=30), self.send_to_hospital, alert.occupant, second)
            self.days.plan(start + timedelta(minutes=100), self.step, alert, Step.TRANSPORT)
            self.days.plan(start + timedelta(minutes=104), self.close, alert, f"复测 {second}，已转送{HOSPITAL}。")
        else:
            self.days.plan(start + timedelta(minutes=60), self.close, alert, f"复测 {second}，无其他症状，继续观察。")

    def take(self, alert: Alert) -> None:
        """The nurse on shift looks after it."""
        alerting.take(alert, had_by=None, by=self.nurse)

    def step(self, alert: Alert, kind: Step) -> None:
        """One step of the alert."""
        words = STEPS[kind][1] if kind in STEPS else VEHICLE
        alerting.take_step(alert, kind=kind, words=words, by=self.nurse, client_id=uuid4())

    def close(self, alert: Alert, outcome: str) -> None:
        """It is over."""
        alerting.close(alert, outcome=outcome, by=self.nurse)

    # to hospital

    def send_to_hospital(self, occupant: Occupant, why: str) -> None:
        """The duty officer decides, and the steps follow."""
        transfer = moving.send_to_hospital(
            occupant,
            hospital=HOSPITAL,
            vehicle=VEHICLE,
            escort=self.days.users["nurse2"].first_name,
            reason=why,
            by=self.days.users["officer"],
        )
        for kind, minutes in ON_THE_WAY.items():
            self.days.plan(self.days.clock.at + timedelta(minutes=minutes), self.transfer_step, transfer, kind)

    def transfer_step(self, transfer: HospitalTransfer, kind: TransferStepKind) -> None:
        """One step on the way."""
        occupant = transfer.occupant
        room = self.days.room_of(occupant) if kind == TransferStepKind.LEFT else None
        moving.take_transfer_step(transfer, kind=kind, by=self.days.users["officer"], client_id=uuid4())
        if room is not None:
            self.coming.left(room)
