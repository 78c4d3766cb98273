"""Living the demo's story: every step by the verbs the product itself uses, at the hour it would have happened."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from inventory import confirming, consenting, objecting, packing
from inventory.importing import import_roster
from inventory.models import (
    Channel,
    ConsentState,
    Manifest,
    Override,
    OverrideReach,
    PhotoKind,
    Student,
    StudentLink,
)
from people.models import Person, User
from plans.demo.clock import Clock, story_from
from plans.demo.crew import boxes_of, fill, pack, pair_for, photograph, store
from rooms.importing import import_building
from rooms.models import Building, Posting, Role, RoleKind, Room, StoragePlace

FIXTURES = settings.BASE_DIR / "fixtures"
PASSWORD = "guanshe-demo"  # noqa: S105 - printed by the demo for its fictional users
# Log-in name → (name on the crew sheet or a name of their own, role).
LOG_INS = {
    "manager": ("王老师", RoleKind.MANAGER),
    "mover": ("孙阿姨", RoleKind.MOVER),
    "mover2": ("赵师傅", RoleKind.MOVER),
    "witness": ("李老师", RoleKind.WITNESS),
    "lead": ("郭主任", RoleKind.SITE_LEAD),
    "auditor": ("审计员", RoleKind.AUDITOR),
    "reader": ("访客", RoleKind.READER),
    "nurse": ("吴护士", RoleKind.NURSE),
    "nurse2": ("徐护士", RoleKind.NURSE),
    "officer": ("张老师", RoleKind.DUTY_OFFICER),
    "officer2": ("何老师", RoleKind.DUTY_OFFICER),
}
# By student number: who did not simply agree. The rest agreed through the link, by phone or by video.
HESITANT = {"2019TH021", "2019RU030", "2019MN038"}
REFUSED = {"2019FR037"}
NOT_REACHED = {"2019TH044", "2019RU045"}
NOT_ASKED = {"2019AR040", "2019MN042", "2019TH046", "2019KO048"}
WISHES = {
    "2019KO014": "胰岛素请放冰箱，不要断电。",
    "2019FR029": "La batterie du vélo : ne pas la laisser branchée, merci.",
    "2019AR010": "أرجو تصوير كتبي قبل وضعها في الصندوق.",
}
# Rooms by how far the move has come there.
STORED_ROOMS = ("201", "202", "203", "204", "205", "206", "208", "209", "210", "301")
PACKED_ROOMS = ("207", "302")
OPEN_ROOMS = ("304",)


@dataclass(frozen=True)
class Guest:
    """The student whose link the demo prints; on a day of observation also the occupant whose door it prints."""

    name: str
    token: str
    passport_tail: str
    code: str
    day: int | None = None
    occupant: str = ""
    door: str = ""
    door_code: str = ""


@transaction.atomic
def build() -> Guest:
    """Make the whole campus; returns the student whose page is worth a visit."""
    now = timezone.now()
    # The move was done on the last day whose evening is over.
    day = timezone.localtime(now - timedelta(hours=21)).replace(hour=8, minute=20, second=0, microsecond=0)
    with story_from(day - timedelta(days=2)) as clock:
        building = enter_building(day)
        users = enter_users(building)
        clock.forward(minutes=40)
        ask_for_consent(building, users, clock)
        clock.at = day
        _move(building, users, clock)
        clock.forward(hours=1)
        hear_students(building, users, clock)
        clock.at = now - timedelta(minutes=4)
        _open_rooms(building, users)
    return guest_of(building, users["manager"])


def enter_building(day: datetime) -> Building:
    """Enter the building, its roles, its rooms and its roster, with the order dated three days before `day`."""
    building = Building.enter(
        by=None,
        name="北苑校区留学生宿舍楼",
        name_en="North Court International Dormitory",
        address="北京市示例区学院路 1 号",
        phone="留学生部值班室 010-5550 0100",
        order_issuer="北苑校区疫情防控工作领导小组",
        order_date=(day - timedelta(days=3)).date(),
    )
    for kind in RoleKind:
        Role.of(building, kind)
    for name, write in (("building.xlsx", import_building), ("roster.xlsx", import_roster)):
        write(building, (FIXTURES / name).read_bytes(), name=name, by=None)
    # The crew's hours of the workbook lie in February 2020; the story is told today.
    opening = day.replace(hour=8, minute=0)
    for posting in Posting.objects.filter(building=building):
        posting.amend(
            by=None,
            reason="the demo is told today",
            available_from=opening,
            available_until=opening + timedelta(days=2, hours=10),
        )
    return building


def enter_users(building: Building) -> dict[str, User]:
    """Give everybody of LOG_INS a log-in and a role."""
    found = {}
    # One hash for all of them: hashing takes its time on purpose, and this password is printed anyway.
    hashed = make_password(PASSWORD)
    for username, (name, kind) in LOG_INS.items():
        person = Person.objects.filter(name=name, postings__building=building).first()
        user = User.objects.create(
            username=username, password=hashed, first_name=name, language="zh-hans", person=person
        )
        Role.of(building, kind).admit(user)
        found[username] = user
    return found


def students_of(building: Building) -> dict[str, Student]:
    """The building's students by student number, in the order of their rooms."""
    rows = Student.objects.filter(building=building).select_related("person", "bed__room").order_by("bed__room__number")
    return {student.student_number: student for student in rows}


def ask_for_consent(building: Building, users: dict[str, User], clock: Clock) -> None:
    """Ask most of the students, and decide what to do about those who refuse or cannot be reached."""
    students = students_of(building)
    channels = (Channel.WECHAT, Channel.PHONE, Channel.VIDEO)
    for n, (number, student) in enumerate(students.items()):
        clock.forward(minutes=9)
        if number in NOT_ASKED:
            continue
        state, words = ConsentState.AUTHORISED, "同意搬运和保管，谢谢老师。"
        if number in WISHES:
            state, words = ConsentState.WITH_WISHES, WISHES[number]
        elif number in HESITANT:
            state, words = ConsentState.HESITANT, "想先和家里商量，担心贵重物品。"
        elif number in REFUSED:
            state, words = ConsentState.REFUSED, "Je préfère être présent, ou par vidéo."
        elif number in NOT_REACHED:
            state, words = ConsentState.NOT_REACHED, "电话无人接听，已发邮件两次。"
        consenting.record(
            student,
            state=state,
            channel=channels[n % len(channels)],
            by=users["witness" if n % 2 else "manager"],
            words=words,
            language="zh-hans",
            client_id=uuid4(),
        )
    refused = students["2019FR037"]
    override = Override.propose(
        refused, reach=OverrideReach.ENTER, reason="同屋已授权；本人一侧只拍照，不动物品。", by=users["manager"]
    )
    override.sign(by=users["lead"])
    Override.propose(
        students["2019TH044"], reach=OverrideReach.PACK, reason="多次联系未果，楼宇须按期腾空。", by=users["manager"]
    )


def _move(building: Building, users: dict[str, User], clock: Clock) -> None:
    shelves = iter(StoragePlace.objects.filter(building=building, secure=False, cold=False).order_by("name").iterator())
    seals = iter(range(20001, 29999))
    for number in (*STORED_ROOMS, *PACKED_ROOMS):
        room = Room.objects.get(building=building, number=number)
        pair = pair_for(building, users, packing.residents(room)[0])
        boxes = pack(room, pair, clock, seals)
        packing.close_room(room, pair=pair)
        if number in STORED_ROOMS:
            store(boxes, shelf=next(shelves), pair=pair, clock=clock)
        clock.forward(minutes=9)


def hear_students(building: Building, users: dict[str, User], clock: Clock) -> None:
    """The first students confirm their lists, two object; one of the objections is answered."""
    students = students_of(building)
    for number in ("2019TH001", "2019RU002", "2019FR003"):
        student = students[number]
        manifest = Manifest.of(student)
        assert manifest is not None  # noqa: S101 - their rooms are stored
        clock.forward(minutes=21)
        language = student.person.language if student.person.language in settings.STUDENT_LANGUAGES else "en"
        confirming.confirm(student, digest=manifest.digest, language=language, client_id=uuid4())
    item = students["2019KO005"].items.order_by("pk")[1]
    objecting.object_to(
        item, student=students["2019KO005"], text="I had two of these, not one. Please look again.", client_id=uuid4()
    )
    clock.forward(minutes=40)
    second = students["2019MN006"].items.order_by("pk")[0]
    objection = objecting.object_to(
        second, student=students["2019MN006"], text="Is this dry? The window leaks.", client_id=uuid4()
    )
    clock.forward(minutes=25)
    objection.answer(
        text="Yes, dry; see the photo. It was packed with a silica bag.", by=users["witness"], client_id=uuid4()
    )


def _open_rooms(building: Building, users: dict[str, User]) -> None:
    for number in OPEN_ROOMS:
        room = Room.objects.get(building=building, number=number)
        residents = packing.residents(room)
        pair = pair_for(building, users, residents[0])
        clock = Clock(timezone.now())
        packing.open_room(room, pair=pair, answers={one.pk: "已登记。" for one in residents if one.notes})
        photograph(room, PhotoKind.ROOM_BEFORE, pair, clock)
        fill(room, residents[0], boxes_of(residents[0])[0][:2], pair, clock)


def guest_of(building: Building, manager: User) -> Guest:
    """Issue the link of the student whose page is worth a visit."""
    student = students_of(building)["2019AR010"]
    link, token = StudentLink.issue(student, by=manager)
    return Guest(
        name=student.person.passport_name,
        token=f"{token}/ar",
        passport_tail=student.person.passport_number[-4:],
        code=link.code,
    )
