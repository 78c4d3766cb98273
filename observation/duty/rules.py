"""What speaks against somebody's duty: another duty, too little rest, too many hours in a week, an absence. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

WEEK = timedelta(days=7)


class Against(StrEnum):
    """Why somebody does not come into question, the gravest first."""

    MAY_NOT = "may-not"
    ABSENT = "absent"
    ON_DUTY = "on-duty"
    RESTING = "resting"
    HOURS = "hours"


@dataclass(frozen=True)
class Limits:
    """How long people rest between two duties, and how much they serve in any seven days."""

    rest: timedelta
    week: timedelta


@dataclass(frozen=True)
class Piece:
    """One stretch of time that a person holds a post in; `shift` tells which pieces are one spell of work."""

    shift: int
    starts: datetime
    ends: datetime

    @property
    def minutes(self) -> int:
        """How long it takes, by the sun."""
        return int((self.ends - self.starts).total_seconds()) // 60


@dataclass
class Diary:
    """What one person does and when they are away."""

    pieces: list[Piece] = field(default_factory=list)
    away: list[tuple[datetime, datetime]] = field(default_factory=list)

    def against(self, piece: Piece, limits: Limits) -> Against | None:
        """What speaks against this piece beside all the others; None when nothing does."""
        if any(starts < piece.ends and piece.starts < ends for starts, ends in self.away):
            return Against.ABSENT
        if any(one.starts < piece.ends and piece.starts < one.ends for one in self.pieces):
            return Against.ON_DUTY
        if not all(_rested(one, piece, limits.rest) for one in self.pieces):
            return Against.RESTING
        return Against.HOURS if most_in_a_week(self.pieces, piece) > limits.week else None


def _rested(one: Piece, other: Piece, rest: timedelta) -> bool:
    """Whether the rest between two pieces is kept; pieces of one shift are one spell of work."""
    return one.shift == other.shift or one.ends + rest <= other.starts or other.ends + rest <= one.starts


def most_in_a_week(pieces: Iterable[Piece], piece: Piece) -> timedelta:
    """The most that is served in any seven days that `piece` lies in, `piece` among it.

    The sum changes its slope only where a piece begins or ends, so weeks that begin or end there are enough.
    """
    near = [one for one in pieces if one.ends > piece.starts - WEEK and one.starts < piece.ends + WEEK]
    near.append(piece)
    begins = [one.starts for one in near] + [one.ends - WEEK for one in near]
    return max(
        sum((max(timedelta(), min(one.ends, begin + WEEK) - max(one.starts, begin)) for one in near), timedelta())
        for begin in begins
        if begin < piece.ends and piece.starts < begin + WEEK
    )
