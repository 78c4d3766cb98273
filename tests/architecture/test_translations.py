"""Every sentence is said in Chinese, and in Arabic where a student can meet it."""

import os
import re
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext, ngettext

from core.catalogues import english_where_empty

ROOT: Path = settings.BASE_DIR
SOURCES = ["config", "core", "people", "rooms", "inventory", "observation", "plans", "templates", "locale"]

# Whatever a student, or a stranger who found a box, can meet. The rest of the Arabic catalogue may stay empty.
STUDENT_FACING = [
    "config/settings.py",
    "core/middleware.py",
    "core/models.py",
    "core/paper.py",
    "core/picture_files.py",
    "core/records.py",
    "core/templatetags/*",
    "core/text.py",
    "core/uploads.py",
    "inventory/confirming.py",
    "inventory/consenting.py",
    "inventory/forms/my.py",
    "inventory/models/*",
    "inventory/objecting.py",
    "inventory/own.py",
    "inventory/papers/letter.py",
    "inventory/papers/receipt.py",
    "inventory/templatetags/*",
    "inventory/verifying.py",
    "inventory/views/my.py",
    "inventory/views/own_link.py",
    "observation/certifying.py",
    "observation/forms/own.py",
    "observation/models/care.py",
    "observation/models/health.py",
    "observation/models/occupant.py",
    "observation/models/protocol.py",
    "observation/own.py",
    "observation/papers/certificate.py",
    "observation/papers/handover.py",
    "observation/papers/welcome.py",
    "observation/self_reporting.py",
    "observation/thermometer.py",
    "observation/views/own.py",
    "people/models/*",
    "rooms/models/building.py",
    "rooms/models/r*.py",
    "rooms/models/storage.py",
    "templates/base.html",
    "templates/core/[0-9]*.html",
    "templates/core/paper/*",
    "templates/core/parts/*",
    "templates/core/problem.html",
    "templates/core/refused*.html",
    "templates/core/stale.html",
    "templates/inventory/my/*",
    "templates/inventory/paper/letter*",
    "templates/inventory/paper/receipt*",
    "templates/inventory/scan/stranger.html",
    "templates/inventory/verify.html",
    "templates/my.html",
    "templates/observation/own/*",
    "templates/observation/paper/certificate*",
    "templates/observation/paper/welcome*",
    "templates/people/log_in.html",
]
# What Django's own forms say to a student.
OF_DJANGO = [
    "This field is required.",
    "Select a valid choice. %(value)s is not one of the available choices.",
    "The submitted file is empty.",
]

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%|%[sd]|<[^>]*>")
HAN = "\u3400-\u9fff"
ARABIC = "\u0621-\u064a"


def catalogue(locale: str, *, root: Path = ROOT) -> polib.POFile:
    """The catalogue of `locale`."""
    return polib.pofile(str(root / "locale" / locale / "LC_MESSAGES" / "django.po"))


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sources whose catalogues have just been refreshed."""
    copy = tmp_path_factory.mktemp("sources")
    for name in SOURCES:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "GUANSHE_DATA": str(copy / "var")}
    subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "--verbosity", "0"], cwd=copy, env=env, check=True, timeout=120
    )
    return copy


def is_student_facing(entry: polib.POEntry) -> bool:
    """Whether one of the files that say it is a student's."""
    return any(fnmatch(source, pattern) for source, _line in entry.occurrences for pattern in STUDENT_FACING)


def of(entry: polib.POEntry) -> tuple[str, str]:
    """What a sentence is known by: its context and its English."""
    return entry.msgctxt or "", entry.msgid


def said(entry: polib.POEntry) -> list[str]:
    """All forms of one translation."""
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def test_every_sentence_is_said_in_chinese(fresh: Path) -> None:
    assert [of(entry) for entry in catalogue("zh_Hans", root=fresh) if not entry.translated()] == []


def test_every_sentence_a_student_can_meet_is_said_in_arabic(fresh: Path) -> None:
    missing = [entry for entry in catalogue("ar", root=fresh) if is_student_facing(entry) and not entry.translated()]
    assert [of(entry) for entry in missing] == []


@pytest.mark.parametrize("locale", ["zh_Hans", "ar"])
def test_catalogues_hold_what_the_sources_say_and_nothing_else(fresh: Path, locale: str) -> None:
    # If this fails: python3 manage.py makemessages, then translate what is new.
    kept, wanted = ({of(entry) for entry in catalogue(locale, root=root)} for root in (ROOT, fresh))
    assert kept == wanted


def test_the_list_of_student_facing_sources_names_only_what_is_there() -> None:
    assert [pattern for pattern in STUDENT_FACING if not list(ROOT.glob(pattern))] == []


@pytest.mark.parametrize("locale", ["zh_Hans", "ar"])
def test_no_translation_is_a_guess(locale: str) -> None:
    assert [of(entry) for entry in catalogue(locale) if entry.fuzzy or entry.obsolete] == []


@pytest.mark.parametrize("locale", ["zh_Hans", "ar"])
def test_placeholders_and_markup_survive_translation(locale: str) -> None:
    wrong = []
    for entry in catalogue(locale):
        wanted = sorted(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
        for words in filter(None, said(entry)):
            found = sorted(PLACEHOLDER.findall(words))
            # A form for one, or for two, may say the number in words.
            if found != wanted and not (entry.msgid_plural and set(found) < set(wanted) and locale == "ar"):
                wrong.append((entry.msgid, words))
    assert wrong == []


@pytest.mark.parametrize(("locale", "forms"), [("zh_Hans", 1), ("ar", 6)])
def test_every_number_finds_its_form(locale: str, forms: int) -> None:
    book = catalogue(locale)
    django = polib.pofile(str(Path(translation.__file__).parents[2] / "conf/locale" / locale / "LC_MESSAGES/django.po"))
    assert book.metadata["Plural-Forms"].replace(" ", "") == django.metadata["Plural-Forms"].replace(" ", "")
    wrong = [of(entry) for entry in book if entry.msgid_plural and any(said(entry)) and len(said(entry)) != forms]
    assert wrong == []


def test_chinese_is_set_as_chinese() -> None:
    # No space beside a figure or a word of ours, and full-width marks after Han.
    loose = re.compile(rf"[{HAN}] %\(|%\(\w+\)[sd] [{HAN}]|[{HAN}][,;:?!]|[{HAN}]\(|\.\.\.")
    wrong = [words for entry in catalogue("zh_Hans") for words in said(entry) if loose.search(words)]
    assert wrong == []


def test_arabic_is_set_as_arabic() -> None:
    wrong = [
        words for entry in catalogue("ar") for words in said(entry) if re.search(rf"[{ARABIC}][,;?]|[{HAN}]", words)
    ]
    assert wrong == []


def test_an_english_page_says_what_the_sources_say() -> None:
    with translation.override("en"):
        assert gettext("Your belongings") == "Your belongings"
        assert ngettext("%(n)s thing in this box", "%(n)s things in this box", 1) == "%(n)s thing in this box"
    with translation.override("zh-hans"):
        assert gettext("Your belongings") == "您的物品"


def test_an_arabic_page_never_falls_back_to_chinese() -> None:
    book = catalogue("ar")
    bare = [entry.msgid for entry in book if not entry.msgctxt and not entry.msgid_plural and not entry.msgstr]
    assert bare
    with translation.override("ar"):
        assert [gettext(msgid) for msgid in bare] == bare
        assert gettext("Your belongings") == "أمتعتك"
        assert [msgid for msgid in OF_DJANGO if not re.search(f"[{ARABIC}]", gettext(msgid))] == []


def test_an_empty_plural_says_english_one_and_many() -> None:
    book = polib.POFile()
    book.metadata = {"Plural-Forms": "nplurals=3; plural=n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 ? 1 : 2;"}
    book.append(polib.POEntry(msgid="%(n)s box", msgid_plural="%(n)s boxes", msgstr_plural={0: "", 1: "", 2: ""}))
    assert english_where_empty(book)[0].msgstr_plural == {0: "%(n)s box", 1: "%(n)s boxes", 2: "%(n)s boxes"}


def test_the_first_process_after_a_change_says_the_new_words_already(tmp_path: Path) -> None:
    """A model's field reads the catalogue while it loads; whatever is compiled after that is not read any more."""
    folder = tmp_path / "locale" / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    source = (ROOT / "locale/zh_Hans/LC_MESSAGES/django.po").read_text()
    (folder / "django.po").write_text(source.replace('msgstr "房间"', 'msgstr "舍间"'))
    script = (
        "from config import settings; settings.LOCALE_PATHS = [sys_path]; import django; django.setup(); "
        "from django.utils.translation import activate, gettext; activate('zh-hans'); print(gettext('room'))"
    ).replace("sys_path", repr(str(tmp_path / "locale")))
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONPATH": str(ROOT)}
    said = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=env, check=True, capture_output=True, text=True)
    assert said.stdout.strip() == "舍间"
