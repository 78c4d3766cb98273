"""Reading what offices write: roles in their own words."""

import re
from enum import StrEnum
from typing import Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Role(StrEnum):
    """What a member of staff serves as in the move."""

    LEADERSHIP = "leadership"
    TASK_FORCE = "task-force"
    SECTION_HEAD = "section-head"
    MANAGER_ON_DUTY = "manager-on-duty"
    MOVER = "mover"
    WITNESS = "witness"
    OTHER = "other"


ROLE_NAMES: dict[Role, Promise] = {
    Role.LEADERSHIP: _("Leadership"),
    Role.TASK_FORCE: _("Task force"),
    Role.SECTION_HEAD: _("Section head"),
    Role.MANAGER_ON_DUTY: _("Manager on duty"),
    Role.MOVER: _("Mover (packs)"),
    Role.WITNESS: _("Witness"),
    Role.OTHER: _("Other"),
}
_ROLE_WORDS = {
    Role.LEADERSHIP: re.compile(r"领导|leader", re.IGNORECASE),
    Role.TASK_FORCE: re.compile(r"防控小组|工作组|专班|task force", re.IGNORECASE),
    Role.SECTION_HEAD: re.compile(r"科级|科长|section head", re.IGNORECASE),
    Role.MANAGER_ON_DUTY: re.compile(r"管理人员|值班|manager on duty", re.IGNORECASE),
    Role.MOVER: re.compile(r"搬运|打包|mover|packer", re.IGNORECASE),
    Role.WITNESS: re.compile(r"见证|witness", re.IGNORECASE),
}


class Serving(Protocol):
    """Whoever serves as something."""

    @property
    def serves_as(self) -> str: ...
    @property
    def may_also(self) -> str: ...


def roles_of(member: Serving) -> tuple[Role, ...]:
    """What the member serves as, then what they may also be; OTHER for a post no word is known for."""
    own = [role for role, words in _ROLE_WORDS.items() if words.search(member.serves_as)] or [Role.OTHER]
    also = [role for role, words in _ROLE_WORDS.items() if words.search(member.may_also)]
    return tuple(dict.fromkeys([*own, *also]))
