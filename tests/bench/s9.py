"""S9: "which of 10,000 students may I see", for 50 members of staff in five buildings.

"Naive" asks has_perm for each student's building. Ours is one list narrowed by a join on the granted buildings.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import Code
from inventory.models import Student
from people.models import Category, Person, User
from rooms.models import Role, RoleKind
from tests.bench import Goal, Measured, Row, Side, bench_database
from tests.world import make_user, make_world

STAFF = 50
BUILDINGS = 5


def fill(students: int) -> list[User]:
    """Five buildings with so many students in all; each member of staff serves in one or two of them."""
    worlds = [make_world(f"Court {n}") for n in range(BUILDINGS)]
    people = Person.objects.bulk_create(
        [Person(category=Category.STUDENT, name=f"Student {n}") for n in range(students)], batch_size=500
    )
    codes = Code.issue_many(students, "student")
    Student.objects.bulk_create(
        [
            Student(person=person, building=worlds[n % BUILDINGS].building, student_number=f"S{n}", code=codes[n])
            for n, person in enumerate(people)
        ],
        batch_size=500,
    )
    roles = [Role.of(world.building, RoleKind.READER) for world in worlds]
    return [make_user(f"staff{n}", roles[n % BUILDINGS], roles[n * 3 % BUILDINGS]) for n in range(STAFF)]


def naive(staff: list[User]) -> int:
    """The loop of the permission library's tutorial, with the buildings joined in fairness."""
    user = User.objects.get(pk=staff[0].pk)
    students = Student.objects.select_related("building")
    return sum(user.has_perm("rooms.view_building", student.building) for student in students)


def ours(staff: list[User]) -> int:
    """The word of the QuerySet."""
    user = User.objects.get(pk=staff[0].pk)
    return len(Student.objects.visible_to(user).values_list("pk", flat=True))


def extra_queries(staff: list[User]) -> int:
    """The most queries the question adds to the list itself, over all staff."""
    worst = 0
    for user in User.objects.filter(pk__in=[one.pk for one in staff]):
        with CaptureQueriesContext(connection) as asked:
            list(Student.objects.visible_to(user).values_list("pk", flat=True)[:50])
        worst = max(worst, len(asked) - 1)
    return worst


@contextmanager
def sides(quick: bool) -> Iterator[Mapping[str, Side]]:  # noqa: FBT001 - the frame's word
    """Both ways to ask, over the same rows."""
    with bench_database():
        staff = fill(500 if quick else 10_000)
        assert naive(staff) == ours(staff)
        yield {"naive": lambda: naive(staff), "ours": lambda: ours(staff), "extra": lambda: extra_queries(staff)}


def extra(measured: Measured) -> float:
    """The extra queries of the list."""
    return float(measured.answers["extra"])  # type: ignore[arg-type]


ROW = Row(
    title="what may I see: 50 staff, 10,000 students",
    sides=sides,
    goals=(Goal("naive", ">=", 25), Goal("extra queries", "<=", 2, of=extra, unit="")),
    rounds=5,
)
