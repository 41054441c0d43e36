"""The team: invitations, roles, leaving, and the log."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.db.models.signals import pre_save
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts import emails, team
from accounts.models import ApiKey, EventKind, Invitation, LastAdministrator, Role, SecurityEvent, User
from playground.models import Generation, Status
from tests.factories import make_generation, make_key
from tests.html import Html
from tests.mail_servers import mail_server, no_mail_server
from tests.simultaneous import at_once
from tests.waits import seconds

NEW = {"username": "dora", "password": "long enough 1", "first_name": "Dora"}


def invite(client: Client, emails: str, role: str = "member") -> str:
    return client.post("/team/", {"emails": emails, "role": role, "days": 7}, follow=True).content.decode()


def link(invitation: Invitation) -> str:
    return f"/join/{invitation.code}/"


def test_many_are_invited_at_once(as_administrator: Client) -> None:
    page = invite(as_administrator, "dora@example.com, Emil@Example.com\ndora@example.com", "viewer")
    assert set(Invitation.objects.values_list("email", "role")) == {
        ("dora@example.com", "viewer"),
        ("emil@example.com", "viewer"),
    }
    for invitation in Invitation.objects.all():
        assert link(invitation) in page
    assert mail.outbox == [], "without a mail server the link is what there is"


def test_invitations_are_mailed_where_mail_is_configured(as_administrator: Client, settings: Settings) -> None:
    settings.EMAIL_HOST = "mail.example.com"
    invite(as_administrator, "dora@example.com")
    assert mail.outbox[0].to == ["dora@example.com"]
    assert link(Invitation.objects.get()) in mail.outbox[0].body


def test_every_address_hears_what_became_of_its_mail(as_administrator: Client, settings: Settings) -> None:
    with mail_server(settings, refused=frozenset({"emil@example.com"})) as server:
        page = invite(as_administrator, "dora@example.com emil@example.com fritz@example.com")
    assert "Invited by email: dora@example.com, fritz@example.com." in page
    assert "Invited without an email: emil@example.com." in page
    assert (server.connections, len(server.mails)) == (1, 2)
    assert all(link(invitation) in page for invitation in Invitation.objects.all())


@pytest.mark.parametrize(("silent", "at_most"), [(True, 0), (False, 2)])
def test_many_invitations_do_not_wait_for_ever(
    as_administrator: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch, silent: bool, at_most: int
) -> None:
    monkeypatch.setattr(emails, "PATIENCE_FOR_MANY", 1.0)
    addresses = [f"person{number}@example.com" for number in range(100)]
    settings.EMAIL_TIMEOUT = seconds(60)
    with mail_server(settings, silent=silent, seconds=0.4) as server:
        begun = time.monotonic()
        page = invite(as_administrator, " ".join(addresses))
        assert time.monotonic() - begun < seconds(12)
        time.sleep(0.6)
    sent = Invitation.objects.exclude(sent_at=None).count()
    assert sent <= at_most
    assert len(server.mails) - sent in (0, 1), "what does not come in time is not sent afterwards; one was on its way"
    assert page.count("/join/") == 100


def test_a_renewed_invitation_whose_mail_fails_does_not_count_as_mailed(
    as_administrator: Client, settings: Settings
) -> None:
    with mail_server(settings):
        invite(as_administrator, "dora@example.com")
    no_mail_server(settings)
    assert "Invited without an email: dora@example.com." in invite(as_administrator, "dora@example.com")


def test_only_what_would_do_something_is_offered(as_administrator: Client, settings: Settings) -> None:
    page = invite(as_administrator, "dora@example.com")
    assert ("Send again" in page, "Renew" in page) == (False, False)
    with time_machine.travel(timezone.now() + timedelta(days=8), tick=False):
        as_administrator.force_login(User.objects.get(username="ada"))
        page = as_administrator.get("/team/").content.decode()
    assert ("Send again" in page, "Renew" in page) == (False, True)
    settings.EMAIL_HOST = "mail.example.com"
    assert "Send again" in as_administrator.get("/team/").content.decode()


@pytest.mark.parametrize("emails", ["", "not an address", "ada@example.com"])
def test_what_cannot_be_invited_is_said(as_administrator: Client, emails: str) -> None:
    assert as_administrator.post("/team/", {"emails": emails, "role": "member", "days": 7}).status_code == 422
    assert not Invitation.objects.exists()


def test_an_invitation_opens_once(as_administrator: Client) -> None:
    invite(as_administrator, "dora@example.com", "viewer")
    address = link(Invitation.objects.get())
    client = Client()
    assert "dora@example.com" in client.get(address).content.decode()
    assert client.post(address, NEW | {"password": "short"}).status_code == 422
    assert client.post(address, NEW).status_code == 302
    dora = User.objects.get(username="dora")
    assert (dora.role, dora.email, dora.is_superuser) == (Role.VIEWER, "dora@example.com", False)
    assert client.get("/").status_code == 200
    assert Client().post(address, NEW | {"username": "somebody"}).status_code == 404
    assert Client().get(address).status_code == 404


def test_whoever_has_an_account_meanwhile_is_led_to_it(as_administrator: Client) -> None:
    invite(as_administrator, "dora@example.com")
    address = link(Invitation.objects.get())
    User.objects.create_user("dora2", "Dora@example.com", "long enough 1")
    for answer in (Client().get(address), Client().post(address, NEW)):
        assert answer.status_code == 404
        assert "You have an account already" in answer.content.decode()
        assert "main [href='/accounts/login/']" in Html(answer)


@pytest.mark.django_db(transaction=True)
@pytest.mark.database  # a lock
def test_joining_twice_at_once_makes_one_account(as_administrator: Client) -> None:
    for number in range(5):
        invite(as_administrator, f"dora{number}@example.com")
        address = link(Invitation.objects.latest("pk"))
        answers = join_at_once(address, address, NEW | {"username": f"dora{number}"})
        assert sorted(answer.status_code for answer in answers) == [302, 404]
        assert any("You have an account already" in answer.content.decode() for answer in answers)
    assert User.objects.count() == 6


@pytest.mark.django_db(transaction=True)
@pytest.mark.database  # a constraint
def test_one_name_taken_twice_at_once_is_one_persons(as_administrator: Client) -> None:
    for number in range(5):
        invite(as_administrator, f"dora{number}@example.com emil{number}@example.com")
        first, second = Invitation.objects.order_by("-pk")[:2]
        answers = join_at_once(link(first), link(second), NEW | {"username": f"same{number}"})
        assert sorted(answer.status_code for answer in answers) == [302, 422]
        assert any("This name is taken" in answer.content.decode() for answer in answers)


def join_at_once(first: str, second: str, form: dict[str, str]) -> list[Any]:
    """The responses to two browsers that send the form at the same moment."""
    return at_once(*(partial(Client().post, address, form) for address in (first, second)))


def test_an_invitation_ends(as_administrator: Client) -> None:
    invite(as_administrator, "dora@example.com")
    invitation = Invitation.objects.get()
    with time_machine.travel(timezone.now() + timedelta(days=8), tick=False):
        assert Client().get(link(invitation)).status_code == 404
        as_administrator.post(f"/team/invitations/{invitation.pk}/send/")
        assert Client().get(link(invitation)).status_code == 200
    as_administrator.post(f"/team/invitations/{invitation.pk}/withdraw/")
    assert Client().get(link(invitation)).status_code == 404
    invite(as_administrator, "dora@example.com")
    assert Invitation.objects.count() == 2


@pytest.mark.parametrize("what", ["role", "deactivate"])
def test_invitations_end_with_the_right_to_invite(as_administrator: Client, alice: User, what: str) -> None:
    alice.change_role(Role.ADMINISTRATOR)
    hers = Client()
    hers.force_login(alice)
    invite(hers, "dora@example.com", "administrator")
    address = link(Invitation.objects.get())
    assert Client().get(address).status_code == 200
    page = as_administrator.post(f"/team/people/{alice.pk}/{what}/", {"role": "member"}, follow=True)
    assert "1 invitation of theirs that was still open is withdrawn." in page.content.decode()
    assert "dora@example.com" not in page.content.decode()
    assert SecurityEvent.objects.filter(kind=EventKind.INVITATION_WITHDRAWN, detail="dora@example.com").exists()
    as_administrator.post(f"/team/people/{alice.pk}/activate/")
    assert Client().post(address, NEW).status_code == 404


def test_an_invitation_is_whoever_sent_it_last(as_administrator: Client, alice: User) -> None:
    alice.change_role(Role.ADMINISTRATOR)
    hers = Client()
    hers.force_login(alice)
    invite(hers, "dora@example.com")
    User.objects.filter(pk=alice.pk).update(is_active=False)  # like an older version, which kept their invitations
    invitation = Invitation.objects.get()
    assert Client().get(link(invitation)).status_code == 404
    assert link(invitation) not in as_administrator.get("/team/").content.decode()
    as_administrator.post(f"/team/invitations/{invitation.pk}/send/")
    assert link(invitation) in as_administrator.get("/team/").content.decode()
    assert Client().get(link(invitation)).status_code == 200


def test_a_forged_link_opens_nothing(as_administrator: Client) -> None:
    invite(as_administrator, "dora@example.com")
    code = Invitation.objects.get().code
    for forged in ("1", "1:x", code[:-1], code + "x", "9" + code):
        assert Client().get(f"/join/{forged}/").status_code == 404


@pytest.mark.database  # rows locked in order
def test_the_last_administrator_stays(administrator: User, as_administrator: Client, alice: User) -> None:
    page = as_administrator.post(f"/team/people/{administrator.pk}/role/", {"role": "member"}, follow=True)
    assert "at least one administrator" in page.content.decode()
    page = as_administrator.post(f"/team/people/{administrator.pk}/deactivate/", follow=True)
    assert "at least one administrator" in page.content.decode()
    as_administrator.post(f"/team/people/{alice.pk}/role/", {"role": "administrator"})
    alice.refresh_from_db()
    assert alice.is_superuser
    as_administrator.post(f"/team/people/{administrator.pk}/role/", {"role": "viewer"})
    administrator.refresh_from_db()
    assert (administrator.role, administrator.is_staff) == (Role.VIEWER, False)
    with pytest.raises(LastAdministrator):
        alice.deactivate()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["change_role", "deactivate"])
@pytest.mark.database  # rows locked in order
def test_two_administrators_who_remove_each_other_at_once_leave_one(
    administrator: User, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    """Both requests pass the permission check and read the other person before either of them changes anything."""
    other = User.objects.create_superuser(username="bea", password="bea")
    both, begin = Barrier(2, timeout=seconds(60)), getattr(team, act)

    def together(*args: Any) -> int:
        both.wait()
        return int(begin(*args))

    monkeypatch.setattr(team, act, together)
    path = {"change_role": "role", "deactivate": "deactivate"}[act]
    for _round in range(3):
        User.objects.update(role=Role.ADMINISTRATOR, is_staff=True, is_superuser=True, is_active=True)
        clients = [Client(), Client()]
        for client, person in zip(clients, (administrator, other), strict=True):
            client.force_login(person)
        asked = zip(clients, (other, administrator), strict=True)
        answers = at_once(
            *(partial(client.post, f"/team/people/{person.pk}/{path}/", {"role": "member"}) for client, person in asked)
        )
        assert [answer.status_code for answer in answers] == [302, 302]
        assert User.objects.administrators().count() == 1
        pages = [client.get("/", follow=True).content.decode() for client in clients]
        assert sum("at least one administrator" in page for page in pages) == 1


@pytest.mark.django_db(transaction=True)
def test_deactivating_ends_sessions_and_cancels_what_was_not_sent(
    as_administrator: Client, alice: User, as_alice: Client, run_worker: Callable[[], None]
) -> None:
    generation = make_generation(owner=alice)
    assert as_alice.get("/").status_code == 200
    as_administrator.post(f"/team/people/{alice.pk}/deactivate/")
    assert as_alice.get("/").status_code == 302
    assert sign_in_as_alice() == "/accounts/inactive/"
    run_worker()
    generation.refresh_from_db()
    assert generation.status == Status.CANCELLED
    assert generation in Generation.objects.visible_to(User.objects.get(username="ada"))
    as_administrator.post(f"/team/people/{alice.pk}/activate/")
    assert sign_in_as_alice() == "/"


def sign_in_as_alice() -> str:
    return str(Client().post("/accounts/login/", {"login": "alice", "password": "alice"})["Location"])


def test_pictures_are_shared_by_a_personal_default(alice: User, bob: User) -> None:
    private = make_generation(owner=alice)
    alice.shares_by_default = True
    alice.save()
    shared = make_generation(owner=alice)
    assert list(Generation.objects.visible_to(bob)) == [shared]
    assert set(Generation.objects.visible_to(alice)) == {private, shared}


@pytest.mark.database  # an index, read backwards
def test_the_log_is_filtered(as_administrator: Client, alice: User, bob: User) -> None:
    SecurityEvent.objects.record(EventKind.KEY_ADDED, person=alice, detail="Marketing (sk-…1234)")
    SecurityEvent.objects.record(EventKind.KEY_REMOVED, person=bob, detail="Sales (sk-…5678)")

    def shown(query: str) -> tuple[bool, bool]:
        page = as_administrator.get(f"/team/log/{query}").content.decode()
        return "Marketing" in page, "Sales" in page

    assert shown("") == (True, True)
    assert shown("?kind=key-added") == (True, False)
    assert shown(f"?person={bob.pk}") == (False, True)
    assert shown(f"?person={bob.pk}&kind=key-added") == (False, False)


@pytest.mark.parametrize("query", ["?kind=nonsense", "?person=nobody", "?person=987654", "?kind=joined&person=x"])
def test_a_filter_that_means_nothing_shows_nothing(as_administrator: Client, alice: User, query: str) -> None:
    SecurityEvent.objects.record(EventKind.KEY_ADDED, person=alice, detail="Marketing (sk-…1234)")
    answer = as_administrator.get(f"/team/log/{query}")
    assert answer.status_code == 422
    assert "Marketing" not in answer.content.decode()
    assert "[role=alert]" in Html(answer)


def test_the_log_knows_what_changes_what_others_may_do(
    administrator: User, as_administrator: Client, alice: User
) -> None:
    invite(as_administrator, "dora@example.com")
    invitation = Invitation.objects.get()
    as_administrator.post(f"/team/invitations/{invitation.pk}/send/")
    as_administrator.post(f"/team/invitations/{invitation.pk}/withdraw/")
    as_administrator.post(f"/team/people/{alice.pk}/role/", {"role": "viewer"})
    make_key(owner=administrator, label="First")
    second = make_key(owner=administrator, label="Second", secret="sk-" + "x" * 20 + "1234")
    as_administrator.post(f"/settings/keys/{second.pk}/default/")
    for roles in ({"for_members": "on"}, {"for_members": "on"}, {"for_members": "on", "for_administrators": "on"}, {}):
        as_administrator.post(f"/settings/keys/{second.pk}/team/", roles)
    seen = list(SecurityEvent.objects.order_by("pk").values_list("kind", "detail"))
    assert seen[-8:] == [
        (EventKind.INVITED, "dora@example.com: member"),
        (EventKind.INVITED_AGAIN, "dora@example.com: member"),
        (EventKind.INVITATION_WITHDRAWN, "dora@example.com"),
        (EventKind.ROLE_CHANGED, "viewer"),
        (EventKind.KEY_DEFAULT, "Second (sk-…1234)"),
        (EventKind.KEY_SHARED, "Second (sk-…1234): members"),
        (EventKind.KEY_SHARED, "Second (sk-…1234): members and administrators"),
        (EventKind.KEY_SHARED, "Second (sk-…1234): nobody else"),
    ]
    page = as_administrator.get("/team/log/").content.decode()
    assert [words for words in ("com: Member<", ">Viewer<", ": nobody else<") if words not in page] == []


def test_settings_are_kept(alice: User, as_alice: Client) -> None:
    form = {"first_name": "Alicia", "last_name": "A", "language": "ja", "theme": "dark", "shares_by_default": "on"}
    as_alice.post("/settings/", form)
    alice.refresh_from_db()
    assert (alice.first_name, alice.language, alice.theme, alice.shares_by_default) == ("Alicia", "ja", "dark", True)
    assert "html[lang=ja][data-theme=dark]" in Html(as_alice.get("/settings/"))
    as_alice.post("/i18n/setlang/", {"language": "en"})
    as_alice.post("/theme/", {"theme": "light"})
    alice.refresh_from_db()
    assert (alice.language, alice.theme) == ("en", "light")


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/settings/", {"first_name": "Alicia"}),
        ("/settings/defaults/", {"model": "gpt-image-1", "size": "1024x1024", "n": "2"}),
        ("/theme/", {"theme": "dark"}),
        (
            "/accounts/password/change/",
            {"oldpassword": "alice"} | dict.fromkeys(("password1", "password2"), "long enough 1"),
        ),
    ],
)
def test_what_is_on_its_way_undoes_no_deactivation_and_no_role(
    alice: User, as_alice: Client, path: str, form: dict[str, str]
) -> None:
    alice.change_role(Role.ADMINISTRATOR)
    changed = {"is_active": False, "role": Role.VIEWER, "is_staff": False, "is_superuser": False}
    with just_before_people_are_written(**changed) as written:
        as_alice.post(path, form)
    assert written
    assert User.objects.filter(pk=alice.pk, **changed).exists()


def test_settings_on_their_way_undo_no_new_password(alice: User, as_alice: Client) -> None:
    with just_before_people_are_written(password=make_password("another")) as written:
        as_alice.post("/settings/", {"first_name": "Alicia"})
    assert written
    alice.refresh_from_db()
    assert (alice.first_name, alice.check_password("another")) == ("Alicia", True)


@contextmanager
def just_before_people_are_written(**changes: Any) -> Iterator[list[User]]:
    """Somebody else's changes to a person, between the read and the write of a request."""
    seen: list[User] = []

    def change(instance: User, **kwargs: Any) -> None:
        seen.append(instance)
        User.objects.filter(pk=instance.pk).update(**changes)

    pre_save.connect(change, sender=User)
    yield seen
    pre_save.disconnect(change, sender=User)


def test_defaults_begin_with_a_model_that_is_there(as_alice: Client, alice: User) -> None:
    assert Html(as_alice.get("/settings/defaults/")).one("[name=model][checked]")["value"] == "gpt-image-2"
    alice.defaults = {"model": "gpt-image-1"}
    alice.save()
    assert Html(as_alice.get("/settings/defaults/")).one("[name=model][checked]")["value"] == "gpt-image-1"


def test_the_pages_of_the_team_lead_to_each_other(as_administrator: Client) -> None:
    pages = ["/team/", "/team/log/", "/team/usage/", "/team/budgets/", "/team/health/"]
    for page in pages:
        html = Html(as_administrator.get(page))
        assert html.values(".tabs a", "href") == pages
        assert html.values(".tabs [aria-current=page]", "href") == [page]


def test_the_studio_starts_with_my_defaults(as_alice: Client) -> None:
    values = {"model": "gpt-image-2", "size": "16:9", "quality": "low", "resolution": "2K", "n": "3"}
    as_alice.post("/settings/defaults/", values)
    page = Html(as_alice.get("/"))
    assert page.one("[name=model][checked]")["value"] == "gpt-image-2"
    assert page.one("[name=size][checked]")["value"] == "16:9"
    assert page.one("[name=n]")["value"] == "3"


@pytest.mark.parametrize(
    ("changes", "sentence", "kept"),
    [
        ({"size": "own", "width": "2000", "height": "1001"}, "multiples of 16", '[name=height][value="1001"]'),
        ({"size": "own", "width": "", "height": "512"}, "Choose one of the others", '[name=height][value="512"]'),
        ({"n": "99"}, "Choose a number from 1 to 10", '[name=n][value="99"]'),
        ({"quality": "superb"}, "Choose one of the others", "[name=quality]"),
    ],
)
def test_defaults_that_cannot_be_are_said_beside_the_field(
    alice: User, as_alice: Client, changes: dict[str, str], sentence: str, kept: str
) -> None:
    values = {"model": "gpt-image-2", "size": "16:9", "quality": "low", "resolution": "2K", "n": "3"}
    as_alice.post("/settings/defaults/", values)
    answer = as_alice.post("/settings/defaults/", values | changes)
    page = Html(answer)
    assert answer.status_code == 422
    field = "size" if "size" in changes else next(iter(changes))
    assert sentence in page.one(f"#id_{field}_error[role=alert]").text
    assert kept in page
    alice.refresh_from_db()
    assert alice.defaults == values


def test_settings_of_another_model_do_not_stop_the_defaults(alice: User, as_alice: Client) -> None:
    as_alice.post("/settings/defaults/", {"model": "gpt-image-1", "size": "1024x1024", "resolution": "2K", "n": "2"})
    alice.refresh_from_db()
    assert alice.defaults == {"model": "gpt-image-1", "size": "1024x1024", "n": "2"}


@pytest.mark.database  # a constraint
def test_roles_decide_what_django_thinks(db: None) -> None:
    person = User.objects.create_user(username="eve", password="x")
    person.is_superuser = True
    person.save()
    person.refresh_from_db()
    assert not person.is_superuser
    person.change_role(Role.ADMINISTRATOR)
    person.refresh_from_db()
    assert person.is_superuser
    assert ApiKey.objects.in_order_for(person).count() == 0
    make_key(owner=person)
    assert ApiKey.objects.in_order_for(person).count() == 1


def test_djangos_admin_changes_nothing_about_people(as_administrator: Client, alice: User) -> None:
    assert as_administrator.get(f"/admin/accounts/user/{alice.pk}/change/").status_code == 200
    assert as_administrator.post(f"/admin/accounts/user/{alice.pk}/change/", {"username": "x"}).status_code == 403
    assert as_administrator.post(f"/admin/accounts/user/{alice.pk}/delete/", {"post": "yes"}).status_code == 403
    alice.email = "alice@example.com"
    alice.vouch_for_email()
    address = EmailAddress.objects.get(user=alice)
    there = f"/admin/account/emailaddress/{address.pk}"
    assert as_administrator.get(f"{there}/change/").status_code == 200
    assert as_administrator.post(f"{there}/change/", {"email": "x@example.com"}).status_code == 403
    action = {"action": "make_verified", "_selected_action": address.pk}
    EmailAddress.objects.update(verified=False)
    as_administrator.post("/admin/account/emailaddress/", action)
    assert not EmailAddress.objects.get(user=alice).verified
    hidden = ["mfa/authenticator", "auth/group", "socialaccount/socialapp", "socialaccount/socialtoken"]
    hidden += ["socialaccount/socialaccount", "accounts/session"]
    assert {as_administrator.get(f"/admin/{name}/").status_code for name in hidden} == {404}
