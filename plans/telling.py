"""How facts are said in one language, the same in every plan: names, days, times, lists. Used under that language."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import ngettext

from plans.site import Site

DAY = {"zh-hans": "Y年n月j日", "en": "j F Y"}
SHORT_DAY = {"zh-hans": "n月j日", "en": "j M"}
DASH = "—"
# «后勤 facilities», «地下一层库房 basement store»: Chinese first, then Latin.
_TWO_LANGUAGES = re.compile(r"^(?P<zh>.*[\u3400-\u9fff）】]\S*)\s+(?P<en>[A-Za-z][^\u3400-\u9fff]*)$")


def in_language(text: str, language: str) -> str:
    """The half of a two-language text that `language` reads; any other text as it is."""
    both = _TWO_LANGUAGES.match(text.strip())
    if both is None:
        return text.strip()
    return both["zh" if language.startswith("zh") else "en"].strip()


class Speech:
    """Says the facts of one site in one language."""

    def __init__(self, site: Site, *, language: str) -> None:
        self.site = site
        self.language = language
        self.is_chinese = language.startswith("zh")

    # Names

    @property
    def building(self) -> str:
        """The building's name."""
        return self.either(self.site.name, self.site.name_en)

    def either(self, name: str, name_en: str) -> str:
        """Of a name in two languages, ours; the Chinese one where there is no other."""
        return name if self.is_chinese else name_en or name

    def words(self, text: str) -> str:
        """An office's text; of two languages side by side, ours."""
        return in_language(text, self.language)

    def listed(self, parts: Iterable[str]) -> str:
        """A list inside a sentence."""
        return ("、" if self.is_chinese else ", ").join(parts)

    # Times

    def day(self, day: date) -> str:
        """A date with its year."""
        return date_format(day, DAY[self.language])

    def short_day(self, at: datetime) -> str:
        """The day of a moment, without its year."""
        return date_format(at.astimezone(self.site.zone), SHORT_DAY[self.language])

    def clock(self, at: datetime) -> str:
        """The time of day in the site's zone."""
        return f"{at.astimezone(self.site.zone):%H:%M}"

    def moment(self, at: datetime) -> str:
        """A moment in the site's zone, with its year."""
        local = at.astimezone(self.site.zone)
        return f"{self.day(local)}{'' if self.is_chinese else ', '}{local:%H:%M}"

    def short_moment(self, at: datetime) -> str:
        """A moment in the site's zone, without its year."""
        return f"{self.short_day(at)} {self.clock(at)}"

    def stretch(self, start: datetime | None, end: datetime | None) -> str:
        """From a moment to another."""
        if start is None or end is None:
            return DASH
        return f"{self.short_moment(start)} – {self.short_moment(end)}"

    def age(self, age: timedelta) -> str:
        """How long something has lasted, in hours, from two days on in days."""
        hours = int(age.total_seconds() // 3600)
        if hours < 48:
            return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
        return ngettext("%(count)d day", "%(count)d days", hours // 24) % {"count": hours // 24}
