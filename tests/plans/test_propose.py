"""The proposal: who packs which room when."""

from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from plans.relocation.proposal import (
    Batch,
    Obstacle,
    RoomToPack,
    Window,
    Worker,
    make_crews,
    propose,
    working_windows,
)

ZONE = ZoneInfo("Asia/Shanghai")


def at(day, hour, minute=0):
    return datetime(2020, 2, day, hour, minute, tzinfo=ZONE)


DAYS = working_windows(at(10, 8), at(12, 18), zone=ZONE)


def room(number, *, packs=2, sex="female", batch=Batch.AGREED, **more):
    return RoomToPack(int(number), number, int(number[0]), packs, frozenset([sex] if sex else []), batch, **more)


def crews(*sexes, windows=DAYS):
    return make_crews(
        [Worker(n, sex, windows) for n, sex in enumerate(sexes)],
        [Worker(100 + n, sex, windows) for n, sex in enumerate(sexes)],
    )


def placed(proposal):
    return {turn.room.number: (turn.crew.number, turn.start, turn.end) for turn in proposal.turns}


def test_a_working_day_has_two_halves_and_nights_are_free():
    assert working_windows(at(10, 10), at(11, 15), zone=ZONE) == (
        Window(at(10, 10), at(10, 12)),
        Window(at(10, 13), at(10, 18)),
        Window(at(11, 8), at(11, 12)),
        Window(at(11, 13), at(11, 15)),
    )


def test_a_crew_is_a_mover_and_a_witness_of_one_sex():
    movers = [Worker(1, "male", DAYS), Worker(2, "female", DAYS), Worker(3, "", DAYS)]
    witnesses = [Worker(4, "female", DAYS), Worker(5, "", DAYS), Worker(6, "male", DAYS)]
    assert [(crew.number, crew.mover, crew.witness, crew.sex) for crew in make_crews(movers, witnesses)] == [
        (1, 1, 6, "male"),
        (2, 2, 4, "female"),
    ]


def test_nobody_witnesses_themselves_and_a_pair_needs_time_in_common():
    morning, afternoon = DAYS[:1], DAYS[1:2]
    assert make_crews([Worker(1, "male", DAYS)], [Worker(1, "male", DAYS)]) == ()
    assert make_crews([Worker(1, "male", morning)], [Worker(2, "male", afternoon)]) == ()


def test_a_room_takes_two_hours_a_student_in_the_earliest_half_day():
    done = propose([room("201"), room("207", packs=1)], crews("female"))
    assert placed(done) == {"201": (1, at(10, 8), at(10, 12)), "207": (1, at(10, 13), at(10, 15))}
    assert done.finish == at(10, 15)


def test_rooms_wait_for_a_crew_of_their_residents_sex():
    done = propose([room("201", sex="male"), room("202"), room("203", sex="")], crews("male", "female"))
    assert {number: crew for number, (crew, _start, _end) in placed(done).items()} == {"201": 1, "202": 2, "203": 1}


def test_who_answered_first_is_packed_first():
    early, late = room("210", since=at(1, 9)), room("201", since=at(2, 9))
    assert list(placed(propose([late, early, room("200")], crews("female")))) == ["210", "201", "200"]


def test_batches_follow_each_other_and_a_room_already_begun_comes_first():
    rooms = [
        room("203", batch=Batch.LAST),
        room("202", batch=Batch.HESITANT),
        room("201"),
        room("204", batch=Batch.LAST, started=True),
    ]
    done = propose(rooms, crews("female"))
    assert list(placed(done)) == ["204", "201", "202", "203"]


def test_a_gap_is_filled_by_a_room_of_the_same_batch():
    rooms = [room("207", packs=1, since=at(1, 9)), room("201", since=at(2, 9)), room("208", packs=1, since=at(3, 9))]
    assert placed(propose(rooms, crews("female"))) == {
        "207": (1, at(10, 8), at(10, 10)),
        "208": (1, at(10, 10), at(10, 12)),
        "201": (1, at(10, 13), at(10, 17)),
    }


def test_a_later_batch_never_fills_a_gap_before_an_earlier_one():
    rooms = [room("207", packs=1, since=at(1, 9)), room("201", since=at(2, 9))]
    done = placed(propose([*rooms, room("209", packs=1, batch=Batch.LAST)], crews("female")))
    assert done["201"] == (1, at(10, 13), at(10, 17))
    assert done["209"] == (1, at(11, 8), at(11, 10))


def test_a_long_room_is_interrupted_by_the_noon_break_only():
    done = propose([room("207", packs=1), room("220", packs=3)], crews("female"))
    assert placed(done)["220"] == (1, at(10, 10), at(10, 17))


def test_a_room_is_finished_on_the_day_it_is_opened():
    done = propose([room("220", packs=5)], crews("female"))
    assert [(left.room.number, left.why) for left in done.unplaced] == [("220", Obstacle.TOO_LONG)]


def test_rooms_without_time_crew_or_one_sex_are_named_with_why():
    windows = working_windows(at(10, 8), at(10, 12), zone=ZONE)
    mixed = RoomToPack(9, "209", 2, 2, frozenset({"female", "male"}), Batch.AGREED)
    done = propose([room("201"), room("202"), room("203", sex="male"), mixed], crews("female", windows=windows))
    assert list(placed(done)) == ["201"]
    assert {left.room.number: left.why for left in done.unplaced} == {
        "202": Obstacle.NO_TIME,
        "203": Obstacle.NO_CREW,
        "209": Obstacle.MIXED,
    }
    assert propose([room("201")], ()).finish is None


def test_a_wave_is_what_starts_in_one_half_day():
    rooms = [room("201"), room("202"), room("203"), room("204", sex="male")]
    waves = propose(rooms, crews("female", "male")).waves
    assert [(wave.number, wave.window.start, [turn.room.number for turn in wave.turns]) for wave in waves] == [
        (1, at(10, 8), ["201", "204"]),
        (2, at(10, 13), ["202"]),
        (3, at(11, 8), ["203"]),
    ]


def test_no_crew_is_ever_in_two_rooms_at_once():
    rooms = [room(str(200 + n), packs=1 + n % 2, batch=Batch(1 + n % 3)) for n in range(24)]
    turns = propose(rooms, crews("female", "female", windows=working_windows(at(10, 8), at(14, 18), zone=ZONE))).turns
    assert len(turns) == 24
    for number in (1, 2):
        own = sorted((turn.start, turn.end) for turn in turns if turn.crew.number == number)
        assert all(before[1] <= after[0] for before, after in pairwise(own))
        assert all(start >= at(start.day, 8) and end - start <= timedelta(hours=5) for start, end in own)


def test_when_time_runs_out_work_goes_on_after_the_noon_break():
    rooms = [room("207", packs=1, since=at(1, 9)), room("201", since=at(2, 9))]
    enough, short = (working_windows(at(10, 8), at(10, hour), zone=ZONE) for hour in (17, 15))
    assert placed(propose(rooms, crews("female", windows=enough)))["201"] == (1, at(10, 13), at(10, 17))
    assert placed(propose(rooms, crews("female", windows=short)))["201"] == (1, at(10, 10), at(10, 15))


def test_when_time_runs_out_long_rooms_go_before_those_who_answered_first():
    rooms = [
        room("207", packs=1, since=at(1, 9)),
        room("201", since=at(2, 9)),
        room("208", packs=1, batch=Batch.HESITANT),
    ]
    two_mornings = (Window(at(10, 8), at(10, 12)), Window(at(11, 8), at(11, 12)))
    assert placed(propose(rooms, crews("female", windows=two_mornings))) == {
        "201": (1, at(10, 8), at(10, 12)),
        "207": (1, at(11, 8), at(11, 10)),
        "208": (1, at(11, 10), at(11, 12)),
    }
