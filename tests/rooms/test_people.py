"""Who may do what at a building: roles are granted, withdrawn, and never lost altogether."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.access import may
from core.records import Refused
from people.models import User
from rooms.models import Building, Role, RoleKind
from tests.world import World, make_user, make_world

pytestmark = pytest.mark.django_db
PHRASE = "ledger-rain-celadon"


@pytest.fixture
def w() -> World:
    return make_world()


@pytest.fixture
def desk(w: World, client: Client) -> Client:
    """The manager's browser."""
    client.force_login(w.manager)
    return client


def address(world: World) -> str:
    return reverse("people", args=[world.building.pk])


def grant(client: Client, world: World, username: str, kind: str) -> Any:
    return client.post(address(world), {"act": "admit", "username": username, "kind": kind}, follow=True)


def withdraw(client: Client, world: World, user: User, kind: str) -> Any:
    role = Role.of(world.building, kind)
    return client.post(reverse("dismiss", args=[role.pk, user.pk]), follow=True)


def rights(user: User, building: Building) -> tuple[bool, bool]:
    """Whether this user may now see the building, and pack there."""
    fresh = User.objects.get(pk=user.pk)
    return may(fresh, "view_building", building), may(fresh, "pack_room", building)


def test_a_role_is_granted_and_withdrawn_and_the_rights_with_it(w: World, desk: Client) -> None:
    user = make_user("newcomer")
    assert rights(user, w.building) == (False, False)
    assert "Newcomer now acts in this role." in grant(desk, w, "newcomer", "mover").text
    assert rights(user, w.building) == (True, True)
    assert "Newcomer no longer acts in this role." in withdraw(desk, w, user, "mover").text
    assert rights(user, w.building) == (False, False)


def test_a_role_counts_for_its_building_only(w: World, desk: Client) -> None:
    elsewhere = make_world("South Court").building
    user = make_user("newcomer")
    grant(desk, w, "newcomer", "mover")
    assert (rights(user, w.building), rights(user, elsewhere)) == ((True, True), (False, False))


def test_one_of_two_roles_withdrawn_leaves_the_other(w: World, desk: Client) -> None:
    user = make_user("newcomer")
    grant(desk, w, "newcomer", "mover")
    grant(desk, w, "newcomer", "reader")
    withdraw(desk, w, user, "mover")
    assert rights(user, w.building) == (True, False)


@pytest.mark.parametrize("username", ["nobody", "left", "", "NEWCOMER"])
def test_a_role_goes_to_somebody_who_can_log_in(w: World, desk: Client, username: str) -> None:
    make_user("newcomer")
    User.objects.create_user("left", is_active=False)
    answer = grant(desk, w, username, "mover")
    assert answer.status_code == 422
    assert Role.of(w.building, "mover").group.user_set.count() == 0
    if username:
        assert "Nobody has this log-in name." in answer.text


def test_a_role_that_does_not_exist_is_not_granted(w: World, desk: Client) -> None:
    user = make_user("newcomer")
    assert grant(desk, w, "newcomer", "emperor").status_code == 422
    assert user.groups.count() == 0


def test_the_last_manager_stays(w: World, desk: Client) -> None:
    answer = withdraw(desk, w, w.manager, "manager")
    assert answer.status_code == 409
    assert "A building keeps at least one manager. Name another one first." in answer.text
    assert rights(w.manager, w.building) == (True, False)


def test_a_manager_who_can_no_longer_log_in_is_no_manager(w: World, desk: Client) -> None:
    left = w.user("manager", name="left")
    left.is_active = False
    left.save()
    with pytest.raises(Refused) as refused:
        Role.of(w.building, "manager").dismiss(w.manager)
    assert refused.value.code == "last-manager"
    assert withdraw(desk, w, left, "manager").status_code == 200
    assert list(Role.of(w.building, "manager").group.user_set.all()) == [w.manager]


def test_a_manager_may_go_when_another_stays(w: World, desk: Client) -> None:
    other = w.user("manager", name="other")
    withdraw(desk, w, other, "manager")
    assert rights(other, w.building) == (False, False)


def test_a_role_not_held_cannot_be_withdrawn(w: World, desk: Client) -> None:
    answer = withdraw(desk, w, make_user("newcomer"), "mover")
    assert answer.status_code == 409
    assert "This person does not act in this role." in answer.text
    assert withdraw(desk, w, User(pk=999_999), "mover").status_code == 409


def test_looking_withdraws_nothing(w: World, desk: Client) -> None:
    role = Role.of(w.building, "mover")
    assert desk.get(reverse("dismiss", args=[role.pk, w.mover.pk])).status_code == 405
    assert rights(w.mover, w.building) == (True, True)


NEW = {"act": "new", "username": "li-na", "full_name": "李娜", "kind": "witness", "password": PHRASE}


def test_a_new_log_in_works_at_once_in_its_role(w: World, desk: Client) -> None:
    answer = desk.post(address(w), NEW, follow=True)
    assert "李娜 can log in now." in answer.text
    user = User.objects.get(username="li-na")
    assert (user.shown_name, user.is_staff, user.is_superuser) == ("李娜", False, False)
    assert (may(user, "witness_packing", w.building), may(user, "pack_room", w.building)) == (True, False)
    assert Client().login(username="li-na", password=PHRASE)


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"username": "manager-taken"}, "This log-in name is taken."),
        ({"username": "李娜"}, "Enter a valid"),
        ({"full_name": ""}, "This field is required."),
        ({"kind": "emperor"}, "Select a valid choice."),
        ({"password": "short"}, "at least 10 characters"),
        ({"password": "password123"}, "too common"),
        ({"username": "wang-xiaoming", "password": "wang-xiaoming"}, "too similar to the"),
    ],
)
def test_a_new_log_in_is_refused_with_its_reason(
    w: World, desk: Client, changed: dict[str, str], complaint: str
) -> None:
    make_user("manager-taken")
    before = User.objects.count()
    answer = desk.post(address(w), {**NEW, **changed})
    assert answer.status_code == 422
    assert complaint in answer.text
    assert PHRASE not in answer.text
    assert User.objects.count() == before


def test_the_page_names_everyone_with_their_roles_and_postings(w: World, desk: Client) -> None:
    assert w.mover
    w.teacher("李老师")
    page = desk.get(address(w)).text
    assert [name in page for name in (w.manager.username, w.mover.username, "李老师")] == [True] * 3
    assert make_world("South Court").manager.username not in desk.get(address(w)).text


def test_the_page_takes_the_same_queries_for_one_user_and_for_thirty(
    w: World, desk: Client, django_assert_num_queries: Any
) -> None:
    desk.get(address(w))
    with django_assert_num_queries(8):
        desk.get(address(w))
    for n in range(30):
        w.user("mover", name=f"mover{n}")
        w.teacher(f"Teacher {n}")
    with django_assert_num_queries(8):
        desk.get(address(w))


@pytest.mark.parametrize("kind", [kind for kind in RoleKind if kind != RoleKind.MANAGER])
def test_nobody_but_a_manager_grants_or_withdraws(w: World, client: Client, kind: str) -> None:
    user = make_user("newcomer")
    client.force_login(w.user(kind))
    assert client.get(address(w)).status_code == 403
    assert grant(client, w, "newcomer", "manager").status_code == 403
    assert client.post(address(w), NEW).status_code == 403
    assert withdraw(client, w, w.manager, "manager").status_code == 403
    assert user.groups.count() == 0


def test_a_foreign_manager_finds_no_page(w: World, client: Client) -> None:
    client.force_login(make_world("South Court").manager)
    assert client.get(address(w)).status_code == 404
    assert grant(client, w, "newcomer", "manager").status_code == 404
    assert withdraw(client, w, w.mover, "mover").status_code == 404
    assert rights(w.mover, w.building) == (True, True)
