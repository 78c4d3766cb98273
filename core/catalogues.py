"""Compiling the translations where they are older than their sources, without any tool of the system's."""

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
            polib.pofile(str(source)).save_as_mofile(str(fresh))
            fresh.replace(target)
            compiled.append(source.parent.parent.name)
    return compiled
