"""Keeping photos: whole on disk before the row, out of reach by any other path, swept when no row names them."""

import errno
import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.http import Http404
from django.test import RequestFactory

from core.uploads import RefusedUpload, StoredPhoto, open_stored, serve, store, sweep_orphans
from tests.core import hostile_files as files
from tests.core.test_taking_photos import take

DAY = timedelta(days=1)


def kept(*, name: str = "photo.jpg") -> StoredPhoto:
    """A photo that has been stored."""
    return store(take(files.jpeg(), name=name))


def on_disk(media: Path) -> list[str]:
    """All files below the folder, by path."""
    return sorted(file.relative_to(media).as_posix() for file in media.rglob("*") if file.is_file())


def age(media: Path, *, days: int) -> None:
    """Make every file so old."""
    for file in media.rglob("*"):
        if file.is_file():
            then = file.stat().st_mtime - days * 86_400
            os.utime(file, (then, then))


def test_a_stored_photo_is_read_back_as_it_was_taken(media_folder: Path) -> None:
    taken = take(files.png(), name="../../room 210.php")
    stored = store(taken)
    assert on_disk(media_folder) == sorted([stored.original, stored.large, stored.small])
    for path, data in ((stored.original, taken.original), (stored.large, taken.large), (stored.small, taken.small)):
        with open_stored(path) as file:
            assert file.read() == data
    assert (stored.sha256, stored.size) == (taken.sha256, len(taken.original))
    assert (stored.width, stored.height) == (640, 480)


def test_names_are_made_here_and_never_twice() -> None:
    first, second = kept(name="door.php"), kept(name="door.php")
    assert "door" not in first.original
    assert first.original.endswith(".jpg")
    assert {first.original, first.large, first.small}.isdisjoint({second.original, second.large, second.small})


def test_bytes_reach_the_disk_before_their_name_and_the_name_before_the_end(
    media_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, str]] = []
    fsync, rename = os.fsync, Path.rename

    def told_fsync(handle: int) -> None:
        told.append(("flushed", Path(f"/proc/self/fd/{handle}").readlink().name))
        fsync(handle)

    def told_rename(path: Path, target: Path) -> Path:
        told.append(("named", target.name))
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", told_fsync)
    monkeypatch.setattr(Path, "rename", told_rename)
    stored = kept()
    paths = [Path(path) for path in (stored.original, stored.large, stored.small)]
    folders = [folder.name for folder in paths[0].parents][:3]
    assert told == [
        ("flushed", media_folder.parent.name),
        *[step for path in paths for step in (("flushed", f"{path.name}.part"), ("named", path.name))],
        *[("flushed", name) for name in (*folders, media_folder.name)],
    ]


@pytest.mark.parametrize("step", [1, 2, 3, 4, 7])
def test_a_full_disk_refuses_the_photo_and_leaves_nothing(
    step: int, media_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    media_folder.mkdir()
    steps = iter(range(1, 100))

    def full(handle: int) -> None:
        if next(steps) == step:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RefusedUpload) as refusal:
        kept()
    assert refusal.value.code == "photo-disk-full"
    assert on_disk(media_folder) == []


def test_another_fault_of_the_disk_is_not_hidden(media_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(handle: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="Input/output"):
        kept()
    assert on_disk(media_folder) == []


PATH = f"photos/ab/cd/abcd{'0' * 28}.jpg"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/passwd",
        "photos/../../settings.py",
        f"photos/ab/cd/../../../{PATH}",
        f"../media/{PATH}",
        f"/{PATH}",
        f"{PATH}\n",
        f"{PATH}\0.jpg",
        f"{PATH}.part",
        PATH.replace("/", "\\"),
        PATH.replace(".jpg", "-640.jpg"),
        PATH.replace(".jpg", ".php"),
        PATH.replace("ab/cd", "ab/ce"),
        PATH.upper(),
    ],
)
def test_no_other_path_is_opened_or_served(path: str) -> None:
    with pytest.raises(SuspiciousFileOperation):
        open_stored(path)
    with pytest.raises(SuspiciousFileOperation):
        serve(RequestFactory().get("/"), path, filename="x.jpg")


def test_only_old_files_that_no_row_names_are_swept(media_folder: Path) -> None:
    named, orphan = kept(), kept()
    passing = media_folder / f"{orphan.large}.part"
    passing.write_bytes(b"half")
    beside = media_folder / "papers" / "plan.pdf"
    beside.parent.mkdir()
    beside.write_bytes(b"%PDF")
    age(media_folder, days=2)
    fresh = kept()
    rows = [path for photo in (named,) for path in (photo.original, photo.large, photo.small)]

    swept = sweep_orphans(lambda: rows, older_than=DAY)

    assert swept == sorted([orphan.original, orphan.large, orphan.small, f"{orphan.large}.part"])
    assert on_disk(media_folder) == sorted([*rows, fresh.original, fresh.large, fresh.small, "papers/plan.pdf"])
    assert sweep_orphans(lambda: rows, older_than=DAY) == []


def test_a_photo_whose_row_comes_while_sweeping_is_spared(media_folder: Path) -> None:
    late = kept()
    age(media_folder, days=2)
    assert sweep_orphans(lambda: [late.original, late.large, late.small], older_than=DAY) == []


def test_sweeping_an_empty_site_removes_nothing() -> None:
    assert sweep_orphans(lambda: [], older_than=DAY) == []


def test_a_photo_is_served_privately_and_asked_for_each_time() -> None:
    stored = kept()
    answer = serve(RequestFactory().get("/"), stored.large, filename="room 210.jpg")
    with open_stored(stored.large) as file:
        assert answer.content == file.read()
    assert {name: answer[name] for name in answer.headers} == {
        "Content-Type": "image/jpeg",
        "ETag": f'"{Path(stored.large).stem}"',
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": 'inline; filename="room 210.jpg"',
    }


def test_a_photo_the_browser_has_is_not_sent_again() -> None:
    stored = kept()
    first = serve(RequestFactory().get("/"), stored.small, filename="a.jpg")
    again = serve(RequestFactory().get("/", headers={"if-none-match": first["ETag"]}), stored.small, filename="a.jpg")
    assert (again.status_code, again.content, again["Cache-Control"]) == (304, b"", "private, no-cache")
    other = serve(RequestFactory().get("/", headers={"if-none-match": first["ETag"]}), stored.large, filename="a.jpg")
    assert other.status_code == 200


def test_an_original_is_only_downloaded() -> None:
    stored = kept()
    answer = serve(RequestFactory().get("/"), stored.original, filename="床铺\r\n\u202e.jpg")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''%E5%BA%8A%E9%93%BA.jpg"


def test_a_photo_gone_from_the_disk_is_not_found_and_reported(
    media_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stored = kept()
    (media_folder / stored.large).unlink()
    with pytest.raises(Http404):
        serve(RequestFactory().get("/"), stored.large, filename="a.jpg")
    assert [record.levelname for record in caplog.records] == ["ERROR"]
