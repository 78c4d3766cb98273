"""Living the demo's story: every step by the verbs the product itself uses, at the hour it would have happened."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from unittest.mock import patch
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from core.models import Code
from core.uploads import TakenPhoto, take_photo
from inventory import confirming, consenting, objecting, packing
from inventory.importing import import_roster
from inventory.models import (
    Box,
    Category,
    Channel,
    ConsentState,
    Handling,
    Manifest,
    Override,
    OverrideReach,
    Ownership,
    PairSession,
    PhotoKind,
    Student,
    StudentLink,
)
from people.models import Person, User
from plans.demo.pictures import scene
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
THINGS: tuple[tuple[str, str, int, list[str]], ...] = (
    ("羽绒服、毛衣 winter coats and sweaters", Category.CLOTHING, 4, []),
    ("床单被套 bed linen", Category.CLOTHING, 3, []),
    ("汉语教材 Chinese textbooks", Category.BOOKS, 11, []),
    ("笔记本、复印资料 notebooks and copies", Category.BOOKS, 6, [Handling.DOCUMENT]),
    ("电饭锅 rice cooker", Category.KITCHEN, 1, [Handling.FRAGILE]),
    ("台灯 desk lamp", Category.ELECTRONICS, 1, [Handling.FRAGILE]),
    ("运动鞋 sports shoes", Category.CLOTHING, 2, []),
    ("洗漱用品 toiletries", Category.TOILETRIES, 8, []),
    ("相框 picture frame", Category.OTHER, 2, [Handling.FRAGILE]),
    ("充电器、数据线 chargers and cables", Category.ELECTRONICS, 5, []),
)
SCRATCHED = [{"code": "SC", "place": "lid"}]


@dataclass
class Clock:
    """The hour of the story; `timezone.now` reads it while the story is told."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **length: float) -> None:
        """Let time pass."""
        self.at += timedelta(**length)


@contextmanager
def story_from(start: datetime) -> Iterator[Clock]:
    """Tell what follows as if it were `start`."""
    clock = Clock(start)
    with patch.object(timezone, "now", clock):
        yield clock


@dataclass(frozen=True)
class Guest:
    """The student whose link the demo prints."""

    name: str
    token: str
    passport_tail: str
    code: str


@transaction.atomic
def build() -> Guest:
    """Make the whole campus; returns the student whose page is worth a visit."""
    now = timezone.now()
    # The move was done on the last day whose evening is over.
    day = timezone.localtime(now - timedelta(hours=21)).replace(hour=8, minute=20, second=0, microsecond=0)
    with story_from(day - timedelta(days=2)) as clock:
        building = _building(day)
        users = _users(building)
        clock.forward(minutes=40)
        _consents(building, users, clock)
        clock.at = day
        _move(building, users, clock)
        clock.forward(hours=1)
        _answers(building, users, clock)
        clock.at = now - timedelta(minutes=4)
        _open_rooms(building, users)
    return _guest(building, users["manager"])


def _building(day: datetime) -> Building:
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


def _users(building: Building) -> dict[str, User]:
    found = {}
    for username, (name, kind) in LOG_INS.items():
        person = Person.objects.filter(name=name, postings__building=building).first()
        user = User.objects.create_user(
            username=username, password=PASSWORD, first_name=name, language="zh-hans", person=person
        )
        Role.of(building, kind).admit(user)
        found[username] = user
    return found


def _students(building: Building) -> dict[str, Student]:
    rows = Student.objects.filter(building=building).select_related("person", "bed__room").order_by("bed__room__number")
    return {student.student_number: student for student in rows}


def _consents(building: Building, users: dict[str, User], clock: Clock) -> None:
    students = _students(building)
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
        pair = _pair(building, users, packing.residents(room)[0])
        boxes = _pack(room, pair, clock, seals)
        packing.close_room(room, pair=pair)
        if number in STORED_ROOMS:
            shelf = next(shelves)
            for box in boxes:
                clock.forward(minutes=3)
                packing.load_box(box, pair=pair, client_id=uuid4())
            clock.forward(minutes=6)
            for box in boxes:
                clock.forward(minutes=1)
                packing.store_box(box, place=_place_for(box, building, shelf), pair=pair, client_id=uuid4())
        clock.forward(minutes=9)


def _place_for(box: Box, building: Building, shelf: StoragePlace) -> StoragePlace:
    flags = {flag for item in box.items.all() for flag in item.handling}
    places = StoragePlace.objects.filter(building=building)
    if Handling.COLD in flags:
        return places.get(cold=True)
    return places.get(secure=True) if Handling.VALUABLE in flags else shelf


def _pair(building: Building, users: dict[str, User], resident: Student) -> PairSession:
    packer = users["mover" if resident.person.sex == "female" else "mover2"]
    pair = PairSession.of(packer, building) or PairSession.start(building, by=packer)
    if pair.witness_id is None:
        pair.join(by=users["witness"])
    return pair


def _photo(view: str, seed: int, *, empty: bool = False) -> TakenPhoto:
    return take_photo(io.BytesIO(scene(view, seed=seed, empty=empty)), name=f"{view}.jpg")


def _pack(room: Room, pair: PairSession, clock: Clock, seals: Iterator[int]) -> list[Box]:
    residents = packing.residents(room)
    answers = {one.pk: "已拍照，单独装箱，交接时说明。" for one in residents if one.notes}
    packing.open_room(room, pair=pair, answers=answers)
    _views(room, PhotoKind.ROOM_BEFORE, pair, clock)
    boxes = []
    for resident in residents:
        if not packing.clearance(resident).may_pack:
            continue
        for things in _boxes_of(resident):
            box = _fill(room, resident, things, pair, clock)
            clock.forward(minutes=1)
            packing.seal_box(box, number=f"F{next(seals)}", pair=pair, client_id=uuid4())
            boxes.append(box)
    _views(room, PhotoKind.ROOM_AFTER, pair, clock)
    return boxes


def _views(room: Room, kind: PhotoKind, pair: PairSession, clock: Clock) -> None:
    for view in packing.missing_views(room, kind):
        clock.forward(seconds=25)
        taken = _photo(view, room.pk, empty=kind == PhotoKind.ROOM_AFTER)
        packing.photograph_room(room, kind=kind, viewpoint=view, taken=taken, pair=pair, client_id=uuid4())


Thing = tuple[str, str, int, list[str]]


def _boxes_of(student: Student) -> list[list[Thing]]:
    random = Random(student.student_number)  # noqa: S311 - a story, not a secret
    things: list[Thing] = [(name, kind, count, [str(flag) for flag in flags]) for name, kind, count, flags in THINGS]
    chosen = random.sample(things, 7)
    boxes = [chosen[:4], chosen[4:]]
    if "胰岛素" in student.notes:
        boxes.append([("胰岛素 insulin", Category.MEDICINE, 6, [Handling.COLD, Handling.MEDICINE])])
    if "现金" in student.notes:
        boxes.append([("护照复印件和现金 passport copies and cash", Category.DOCUMENTS, 1, [Handling.VALUABLE])])
    return boxes


def _fill(room: Room, student: Student, things: list[Thing], pair: PairSession, clock: Clock) -> Box:
    label = Code.issue()
    box = packing.claim_box(room, label=label.value, student=student, pair=pair, client_id=uuid4())
    for description, category, quantity, handling in things:
        clock.forward(seconds=50)
        thing = packing.Described(
            description=description,
            category=category,
            quantity=quantity,
            ownership=Ownership.OWNED,
            owner=student,
            condition=SCRATCHED if "rice cooker" in description else [],
            handling=handling,
        )
        photos = [(uuid4(), _photo("thing", _seed(description, student.pk)))]
        packing.put_in(box, thing=thing, photos=photos, pair=pair, client_id=uuid4())
    return box


def _seed(text: str, number: int) -> int:
    """The same small number for the same words, in every run."""
    return sum(map(ord, text)) * 31 + number


def _answers(building: Building, users: dict[str, User], clock: Clock) -> None:
    students = _students(building)
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
        pair = _pair(building, users, residents[0])
        clock = Clock(timezone.now())
        packing.open_room(room, pair=pair, answers={one.pk: "已登记。" for one in residents if one.notes})
        _views(room, PhotoKind.ROOM_BEFORE, pair, clock)
        _fill(room, residents[0], _boxes_of(residents[0])[0][:2], pair, clock)


def _guest(building: Building, manager: User) -> Guest:
    student = _students(building)["2019AR010"]
    link, token = StudentLink.issue(student, by=manager)
    return Guest(
        name=student.person.passport_name,
        token=f"{token}/ar",
        passport_tail=student.person.passport_number[-4:],
        code=link.code,
    )
