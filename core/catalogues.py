"""Compiling the translations where they are older than their sources, without any tool of the system's."""

import gettext
import os
from pathlib import Path

import polib
from django.conf import settings


def compile_stale() -> list[str]:
    """Compile each catalogue whose compiled file is missing or older; returns the languages compiled.

    Several processes may do so at once: each writes its own file and renames it into place.
    """
    compiled = []
    for folder in settings.LOCALE_PATHS:
        for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
            target = source.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
                continue
            fresh = target.with_suffix(f".{os.getpid()}.new")
            english_where_empty(polib.pofile(str(source))).save_as_mofile(str(fresh))
            fresh.replace(target)
            compiled.append(source.parent.parent.name)
    return compiled


def english_where_empty(catalogue: polib.POFile) -> polib.POFile:
    """The same catalogue, in which what has no translation yet says its English source.

    Left empty, Django would answer in the site's default language: Chinese, on a page in Arabic.
    """
    form_of = gettext.c2py(catalogue.metadata["Plural-Forms"].split("plural=")[-1].rstrip("; "))
    for entry in catalogue:
        if entry.translated() or entry.obsolete:
            continue
        entry.flags = [flag for flag in entry.flags if flag != "fuzzy"]
        if entry.msgid_plural:
            entry.msgstr_plural = {form_of(n): entry.msgid_plural for n in range(200)} | {form_of(1): entry.msgid}
        else:
            entry.msgstr = entry.msgid
    return catalogue
