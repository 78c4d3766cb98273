"""The hour of the demo's story: what it tells happens then, by the verbs the product itself uses."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from unittest.mock import patch

from django.utils import timezone


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
