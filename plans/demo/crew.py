"""The crew of the demo's story: a room opened, photographed, packed into sealed boxes, which are stored."""

import io
from collections.abc import Iterator
from random import Random
from uuid import uuid4

from core.models import Code
from core.uploads import TakenPhoto, take_photo
from inventory import packing
from inventory.models import Box, Category, Handling, Ownership, PairSession, PhotoKind, Student
from people.models import User
from plans.demo.clock import Clock
from plans.demo.pictures import scene
from rooms.models import Building, Room, StoragePlace

Thing = tuple[str, str, int, list[str]]
THINGS: tuple[Thing, ...] = (
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


def pair_for(building: Building, users: dict[str, User], resident: Student) -> PairSession:
    """The pair who packs for this student: a packer of the student's sex, and the witness."""
    packer = users["mover" if resident.person.sex == "female" else "mover2"]
    pair = PairSession.of(packer, building) or PairSession.start(building, by=packer)
    if pair.witness_id is None:
        pair.join(by=users["witness"])
    return pair


def _photo(view: str, seed: int, *, empty: bool = False) -> TakenPhoto:
    return take_photo(io.BytesIO(scene(view, seed=seed, empty=empty)), name=f"{view}.jpg")


def pack(room: Room, pair: PairSession, clock: Clock, seals: Iterator[int]) -> list[Box]:
    """Open the room, photograph it, pack and seal what may be packed; returns the boxes, which stand there still."""
    residents = packing.residents(room)
    answers = {one.pk: "已拍照，单独装箱，交接时说明。" for one in residents if one.notes}
    packing.open_room(room, pair=pair, answers=answers)
    photograph(room, PhotoKind.ROOM_BEFORE, pair, clock)
    boxes = []
    for resident in residents:
        if not packing.clearance(resident).may_pack:
            continue
        for things in boxes_of(resident):
            box = fill(room, resident, things, pair, clock)
            clock.forward(minutes=1)
            packing.seal_box(box, number=f"F{next(seals)}", pair=pair, client_id=uuid4())
            boxes.append(box)
    photograph(room, PhotoKind.ROOM_AFTER, pair, clock)
    return boxes


def store(boxes: list[Box], *, shelf: StoragePlace, pair: PairSession, clock: Clock) -> None:
    """Carry the boxes out and set them down: cold things and valuables where they belong, the rest on the shelf."""
    for box in boxes:
        clock.forward(minutes=3)
        packing.load_box(box, pair=pair, client_id=uuid4())
    clock.forward(minutes=6)
    for box in boxes:
        clock.forward(minutes=1)
        place = _place_for(box, shelf)
        packing.store_box(box, place=place, pair=pair, client_id=uuid4())


def _place_for(box: Box, shelf: StoragePlace) -> StoragePlace:
    flags = {flag for item in box.items.all() for flag in item.handling}
    places = StoragePlace.objects.filter(building=shelf.building)
    if Handling.COLD in flags:
        return places.get(cold=True)
    return places.get(secure=True) if Handling.VALUABLE in flags else shelf


def photograph(room: Room, kind: PhotoKind, pair: PairSession, clock: Clock) -> None:
    """Take the views of the shot list that are missing."""
    for view in packing.missing_views(room, kind):
        clock.forward(seconds=25)
        taken = _photo(view, room.pk, empty=kind == PhotoKind.ROOM_AFTER)
        packing.photograph_room(room, kind=kind, viewpoint=view, taken=taken, pair=pair, client_id=uuid4())


def boxes_of(student: Student) -> list[list[Thing]]:
    """What the student has, box by box; the same in every run."""
    random = Random(student.student_number)  # noqa: S311 - a story, not a secret
    things: list[Thing] = [(name, kind, count, [str(flag) for flag in flags]) for name, kind, count, flags in THINGS]
    chosen = random.sample(things, 7)
    boxes = [chosen[:4], chosen[4:]]
    if "胰岛素" in student.notes:
        boxes.append([("胰岛素 insulin", Category.MEDICINE, 6, [Handling.COLD, Handling.MEDICINE])])
    if "现金" in student.notes:
        boxes.append([("护照复印件和现金 passport copies and cash", Category.DOCUMENTS, 1, [Handling.VALUABLE])])
    return boxes


def fill(room: Room, student: Student, things: list[Thing], pair: PairSession, clock: Clock) -> Box:
    """Claim a box for the student and put the things into it, each with its photo."""
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
