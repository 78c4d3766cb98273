"""`print_labels`: sheets of blank labels from the command line."""

import pypdfium2
import pytest
from django.core.management import CommandError, call_command

from core.models import Code
from tests.world import make_world

pytestmark = pytest.mark.django_db


def said(*arguments):
    with pytest.raises(CommandError) as refusal:
        call_command("print_labels", *arguments)
    return str(refusal.value)


@pytest.mark.slow
def test_as_many_blank_codes_are_issued_as_labels_are_printed(tmp_path, capsys):
    make_world()
    before = set(Code.objects.values_list("pk", flat=True))
    out = tmp_path / "labels.pdf"
    call_command("print_labels", "--count", "12", "--start", "8", "--offset-x", "0.5", "--output", str(out))
    fresh = Code.objects.exclude(pk__in=before)
    assert (fresh.count(), set(fresh.values_list("kind", flat=True))) == (12, {""})
    assert capsys.readouterr().out == f"{out}: 12 labels\n"
    document = pypdfium2.PdfDocument(out)
    text = document[0].get_textpage().get_text_bounded()
    document.close()
    flat = "".join(text.split()).replace("\N{NO-BREAK SPACE}", "")
    assert all(code in flat for code in fresh.values_list("value", flat=True))


def test_nothing_is_issued_when_the_print_is_refused(tmp_path):
    out = str(tmp_path / "labels.pdf")
    assert said("--count", "0", "--output", out) == "Print between 1 and 1000 labels at a time."
    assert said("--count", "1001", "--output", out) == "Print between 1 and 1000 labels at a time."
    assert said("--count", "3", "--start", "99", "--output", out).endswith("Start at one of these.")
    assert "invalid choice" in said("--count", "3", "--preset", "a9", "--output", out)
    assert Code.objects.count() == 0


@pytest.mark.slow
def test_nothing_is_issued_when_the_file_cannot_be_written(tmp_path):
    out = str(tmp_path / "nowhere" / "labels.pdf")
    assert said("--count", "3", "--output", out) == f"{out} cannot be written: No such file or directory."
    assert Code.objects.count() == 0
