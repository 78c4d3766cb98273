"""Who comes to the demo's site, moves and goes, and the rooms that turn over behind them."""

from datetime import timedelta
from itertools import groupby
from uuid import uuid4

from observation import admitting, moving, turning_over
from observation.ending import end_of
from observation.models import Occupant, OccupantState, Stay
from people.models import Category, Person
from plans.demo import comers
from plans.demo.comers import Comer
from plans.demo.days import Days
from rooms.models import Bed, Room, RoomState

# Rooms wait when the sprayer is broken or the inspector away: what is due on the first day is done on the second.
LATER = {("disinfect", 6): 7, ("inspect", 5): 7}


class Coming:
    """Arrivals, moves and departures, each at its hour."""

    def __init__(self, days: Days) -> None:
        self.days = days

    def plan(self) -> None:
        """Plan them all."""
        days = self.days
        self._plan_comings()
        for day in range(days.last + 1):
            days.plan(days.at(day, 14, 30), self.release_due)
        days.plan(days.at(2, 16, 20), self.move, comers.MOVED, "房间暖气漏水，等待维修")
        days.plan(days.at(4, 9, 40), self.prolong, comers.PROLONGED)
        days.plan(days.at(4, 20), self.cancel, comers.STAYED_AWAY)
        days.plan(days.at(9, 11), self.come_back, comers.TO_HOSPITAL)

    def _plan_comings(self) -> None:
        for day, group in groupby(comers.comers(), key=lambda one: one.day):
            told = self.days.at(day - 2, 18) if day > 1 else self.days.at(-1, 18)
            for place, comer in enumerate(group):
                self.days.plan(told + timedelta(minutes=4 * place), self.expect, comer)
                if comer.name != comers.STAYED_AWAY:
                    self.days.plan(self.days.at(day, 10, 30 + 4 * place), self.arrive, comer.name)

    def expect(self, comer: Comer) -> None:
        """The office announces somebody; when no room is ready they are sent elsewhere."""
        bed = self._bed_for(comer)
        if bed is None:
            return
        person = Person.enter(
            by=self.days.users["officer"],
            category=Category.RESIDENT,
            name=comer.name,
            passport_name=comer.passport_name,
            sex=comer.sex,
            nationality=comer.nationality,
            language=comer.language,
            time_zone=self.days.building.time_zone,
        )
        came = self.days.opened.date() + timedelta(days=comer.day)
        self.days.occupants[comer.name] = admitting.expect(
            self.days.building,
            person=person,
            bed=bed,
            by=self.days.users["officer"],
            reason=comer.reason,
            came_from=comer.came_from,
            last_exposure=came - timedelta(days=comer.exposed),
            party=comer.party,
            needs=comer.needs,
            diet=comer.diet,
        )

    def _bed_for(self, comer: Comer) -> Bed | None:
        """The first of a party gets a room with two beds, so that the other can join; else what the rules propose."""
        if comer.party and not Occupant.objects.unfinished().filter(party=comer.party).exists():
            taken = Stay.objects.open().values("bed__room")
            ready = Bed.objects.in_building(self.days.building).filter(number=2, room__state=RoomState.READY)
            second = ready.exclude(room__in=taken).order_by("room__number").first()
            if second is not None:
                return second.room.beds.get(number=1)
        return admitting.propose(self.days.building, sex=comer.sex, party=comer.party)

    def arrive(self, name: str) -> None:
        """They get off the bus."""
        occupant = self.days.occupants.get(name)
        if occupant is not None:
            admitting.arrive(occupant, by=self.days.users["officer"])

    def cancel(self, name: str) -> None:
        """They did not come."""
        admitting.cancel(
            self.days.occupants[name], reason="社区来电：本人已改在居家观察。", by=self.days.users["officer"]
        )

    def move(self, name: str, reason: str) -> None:
        """Another room."""
        occupant = self.days.occupants[name]
        old, bed = occupant.stay, admitting.propose(self.days.building, sex=occupant.person.sex)
        if old is not None and bed is not None:
            moving.move_to(occupant, bed=bed, reason=reason, by=self.days.users["officer"])
            self.left(old.room)

    def prolong(self, name: str) -> None:
        """The office lengthens an observation."""
        occupant = self.days.occupants[name]
        moving.change_end(
            occupant,
            ends_on=end_of(occupant).day + timedelta(days=3),
            reason="流调补充：末次接触日期比原报告晚 3 天。",
            by=self.days.users["lead"],
            client_id=uuid4(),
        )

    def release_due(self) -> None:
        """Whoever may go home goes; the certificate is printed from then on."""
        for occupant in self.days.staying():
            if end_of(occupant).day <= self.days.date and not moving.against_release(occupant):
                room = self.days.room_of(occupant)
                moving.release(occupant, by=self.days.users["lead"])
                self.left(room)

    def come_back(self, name: str) -> None:
        """Back from hospital; while no room is ready they wait there a day longer."""
        occupant = self.days.occupants[name]
        occupant.refresh_from_db()
        bed = admitting.propose(self.days.building, sex=occupant.person.sex)
        if occupant.state != OccupantState.AT_HOSPITAL:
            return
        if bed is None:
            self.days.plan(self.days.clock.at + timedelta(days=1), self.come_back, name)
        else:
            moving.come_back(occupant, bed=bed, by=self.days.users["officer"])

    def left(self, room: Room) -> None:
        """A room that nobody lives in any more is disinfected on the next morning and inspected in the afternoon."""
        room.refresh_from_db()
        if room.state == RoomState.TO_DISINFECT:
            day = self.days.day + 1
            self.days.plan(self.days.at(LATER.get(("disinfect", day), day), 9, 30), self.disinfect, room)

    def disinfect(self, room: Room) -> None:
        """Terminal disinfection by a nurse."""
        turning_over.disinfect(
            room, agent="chlorine", mg_per_litre=1000, minutes=30, by=self.days.users["nurse2"], client_id=uuid4()
        )
        day = self.days.day
        self.days.plan(self.days.at(LATER.get(("inspect", day), day), 15, 30), self.inspect, room)

    def inspect(self, room: Room) -> None:
        """The site lead looks."""
        turning_over.inspect(room, accepted=True, fault="", by=self.days.users["lead"], client_id=uuid4())
