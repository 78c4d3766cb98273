"""Users and persons."""

from people.models.contact import ContactKind, ContactPoint
from people.models.person import Category, Person, Sex
from people.models.user import User

__all__ = ["Category", "ContactKind", "ContactPoint", "Person", "Sex", "User"]
