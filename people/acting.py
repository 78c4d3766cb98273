"""Who acts: the logged-in user of a view that `@needs` has let them into."""

from django.http import HttpRequest

from people.models import User


def acting(request: HttpRequest) -> User:
    """The user behind this request; the access declaration of the view has made sure that there is one."""
    assert isinstance(request.user, User)  # noqa: S101 - a view without declared access fails a test
    return request.user
