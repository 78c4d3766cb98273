"""Drawn photos for the demo: plain scenes of a dormitory room, each different, none of a real place."""

import io
from random import Random

from PIL import Image, ImageDraw

SIZE = (960, 720)
WALLS = ((226, 222, 210), (214, 222, 218), (222, 214, 206), (210, 216, 224))
FLOORS = ((150, 120, 92), (126, 108, 92), (168, 142, 110))
CLOTHS = ((58, 92, 130), (132, 66, 62), (72, 110, 82), (150, 120, 60), (96, 80, 120))


def scene(view: str, *, seed: int, empty: bool = False) -> bytes:
    """A JPEG of one viewpoint; an empty room has only its furniture left."""
    random = Random(f"{view} {seed}")  # noqa: S311 - a picture, not a secret
    image = Image.new("RGB", SIZE, random.choice(WALLS))
    draw = ImageDraw.Draw(image)
    horizon = 470 + random.randrange(-20, 20)
    draw.rectangle((0, horizon, *SIZE), fill=random.choice(FLOORS))
    {
        "door": _door,
        "desk": _desk,
        "drawers": _drawers,
        "wardrobe": _wardrobe,
        "bed": _bed,
        "bathroom": _bathroom,
    }.get(view, _thing)(draw, random, horizon, empty=empty)
    return _jpeg(image)


def _door(draw: ImageDraw.ImageDraw, random: Random, horizon: int, *, empty: bool) -> None:
    draw.polygon([(80, horizon + 130), (300, horizon), (660, horizon), (880, horizon + 130)], fill=(182, 160, 130))
    draw.rectangle((380, 130, 580, 340), fill=(190, 214, 232), outline=(250, 250, 250), width=10)
    draw.line((480, 130, 480, 340), fill=(250, 250, 250), width=8)
    draw.rectangle((70, 300, 250, horizon + 40), fill=(160, 130, 96))
    draw.rectangle((690, 240, 880, horizon + 60), fill=(142, 112, 84))
    if not empty:
        draw.rectangle((90, 270, 220, 302), fill=random.choice(CLOTHS))
        draw.ellipse((610, horizon + 20, 680, horizon + 90), fill=random.choice(CLOTHS))


def _desk(draw: ImageDraw.ImageDraw, random: Random, horizon: int, *, empty: bool) -> None:
    draw.rectangle((120, 380, 840, 420), fill=(176, 142, 100))
    draw.rectangle((140, 420, 180, 660), fill=(150, 118, 80))
    draw.rectangle((780, 420, 820, 660), fill=(150, 118, 80))
    if empty:
        return
    draw.rectangle((360, 230, 600, 378), fill=(40, 44, 52), outline=(90, 96, 104), width=6)
    for n in range(random.randrange(4, 9)):
        left = 640 + n * 20
        draw.rectangle((left, 290 - random.randrange(30), left + 16, 380), fill=random.choice(CLOTHS))
    draw.ellipse((220, 330, 270, 382), fill=(240, 240, 236))


def _drawers(draw: ImageDraw.ImageDraw, random: Random, horizon: int, *, empty: bool) -> None:
    draw.rectangle((260, 160, 700, 660), fill=(168, 136, 98))
    for n in range(4):
        top = 180 + n * 118
        draw.rectangle((280, top, 680, top + 100), fill=(150, 118, 82), outline=(120, 92, 62), width=4)
        draw.ellipse((470, top + 42, 490, top + 62), fill=(214, 208, 196))
        if not empty and n < 2:
            draw.rectangle((300, top + 8, 300 + random.randrange(90, 330), top + 34), fill=random.choice(CLOTHS))


def _wardrobe(draw: ImageDraw.ImageDraw, random: Random, horizon: int, *, empty: bool) -> None:
    draw.rectangle((240, 80, 720, 660), fill=(134, 104, 76))
    draw.rectangle((260, 100, 700, 640), fill=(84, 66, 50))
    draw.line((270, 150, 690, 150), fill=(200, 200, 200), width=6)
    if empty:
        return
    for n in range(random.randrange(5, 9)):
        left = 280 + n * 48
        draw.polygon(
            [(left + 20, 156), (left, 200), (left, 460), (left + 42, 460), (left + 42, 200)], fill=random.choice(CLOTHS)
        )


def _bed(draw: ImageDraw.ImageDraw, random: Random, horizon: int, *, empty: bool) -> None:
    draw.rectangle((100, 420, 860, 620), fill=(238, 236, 228))
    draw.rectangle((80, 330, 110, 660), fill=(142, 112, 84))
    draw.rectangle((850, 380, 880, 660), fill=(142, 112, 84))
    if not empty:
        draw.rectangle((360, 420, 860, 620), fill=random.choice(CLOTHS))
        draw.rounded_rectangle((130, 380, 320, 450), 24, fill=(250, 250, 250))


def _bathroom(draw: ImageDraw.ImageDraw, random: Random, horizon: int, *, empty: bool) -> None:
    for line in range(0, SIZE[0], 80):
        draw.line((line, 0, line, horizon), fill=(200, 206, 206), width=2)
    draw.ellipse((340, 360, 640, 470), fill=(250, 250, 250), outline=(180, 186, 188), width=6)
    draw.rectangle((400, 120, 580, 300), fill=(206, 222, 228), outline=(150, 156, 160), width=6)
    if not empty:
        for n in range(random.randrange(2, 6)):
            left = 660 + n * 34
            draw.rectangle((left, 290, left + 22, 370), fill=random.choice(CLOTHS))


def _thing(draw: ImageDraw.ImageDraw, random: Random, horizon: int, *, empty: bool) -> None:
    draw.rectangle((160, 180, 800, 620), fill=(196, 164, 120), outline=(150, 118, 80), width=8)
    for _n in range(random.randrange(3, 7)):
        left, top = random.randrange(200, 600), random.randrange(220, 480)
        shape = (left, top, left + random.randrange(80, 180), top + random.randrange(60, 120))
        if random.random() < 0.5:
            draw.rounded_rectangle(shape, 18, fill=random.choice(CLOTHS))
        else:
            draw.ellipse(shape, fill=random.choice(CLOTHS))


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()
