"""Which box goes where."""

from plans.relocation.storing import Allotment, Keeping, Place, Shortage, ToStore, allot

ORDINARY = Keeping.ORDINARY


def place(key, *, slots=10, taken=0, secure=False, cold=False):
    return Place(key, f"P{key}", "store", "A", 1, slots, taken, secure, cold)


def want(student, boxes, *, keeping=ORDINARY, homes=()):
    return ToStore(student, keeping, boxes, homes)


def test_one_student_stands_in_one_place():
    done = allot([want(1, 6), want(2, 6), want(3, 4)], [place(1), place(2)])
    assert done.allotments == (
        Allotment(1, ORDINARY, 1, 6),
        Allotment(2, ORDINARY, 2, 6),
        Allotment(3, ORDINARY, 1, 4),
    )
    assert done.split() == frozenset()


def test_more_boxes_go_where_the_students_boxes_stand_already():
    done = allot([want(1, 2, homes=(2,))], [place(1), place(2, taken=4)])
    assert done.allotments == (Allotment(1, ORDINARY, 2, 2),)


def test_boxes_are_split_only_when_no_place_holds_them_all_and_then_over_the_fewest():
    done = allot([want(1, 9)], [place(1, slots=3), place(2, slots=8), place(3, slots=2)])
    assert done.allotments == (Allotment(1, ORDINARY, 2, 8), Allotment(1, ORDINARY, 1, 1))
    assert done.split() == frozenset({1})


def test_safe_and_fridge_are_kept_for_what_needs_them():
    places = [place(1, secure=True), place(2, cold=True)]
    done = allot([want(1, 1, keeping=Keeping.SECURE), want(1, 1, keeping=Keeping.COLD), want(1, 6)], places)
    assert done.allotments == (Allotment(1, Keeping.SECURE, 1, 1), Allotment(1, Keeping.COLD, 2, 1))
    assert done.shortages == (Shortage(ORDINARY, 6),)


def test_a_full_place_takes_nothing():
    done = allot([want(1, 1)], [place(1, slots=4, taken=4)])
    assert (done.allotments, done.shortages) == ((), (Shortage(ORDINARY, 1),))
