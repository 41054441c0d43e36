"""Who may open which address: one line for each URL pattern. A new address without a line fails the access test.

bob and the viewer request what alice has shared with the team. charlie and everybody else request what she has not
shared.
"""

from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

OK, LOGIN, GONE = "answered", "sent to the sign-in page", "404"
# Allowed results for a method that a line does not have.
REFUSED = ("405", GONE, LOGIN)
PEOPLE = ("anonymous", "owner", "shared-with", "not-shared-with", "viewer", "administrator", "deactivated")


@dataclass(frozen=True)
class Access:
    """Who gets the page. Other people get 404. People who are not signed in are sent to the sign-in page."""

    people: tuple[str, ...]
    otherwise: str = ""

    def expected(self, person: str) -> str:
        if person in self.people:
            return OK
        return self.otherwise or (LOGIN if person in ("anonymous", "deactivated") else GONE)


EVERYBODY = Access(PEOPLE)
SIGNED_IN = Access(("owner", "shared-with", "not-shared-with", "viewer", "administrator"))
SPENDERS = Access(("owner", "shared-with", "not-shared-with", "administrator"))
SEEN = Access(("owner", "shared-with", "viewer", "administrator"))
KEPT = Access(("owner", "administrator"))
OWN = Access(("owner",))
ADMINISTRATORS = Access(("administrator",))
# The test's studio has nothing at these addresses: no pending sign-in, no identity provider, no demo user.
NOBODY = Access((), otherwise=GONE)
NOBODY_YET = Access(())
AWAY = Access((), otherwise=LOGIN)
DJANGO_ADMIN = Access(("administrator",), otherwise=LOGIN)


@dataclass(frozen=True)
class Line:
    """The access for each method. A method without access is refused."""

    get: Access | None = None
    post: Access | None = None
    query: str = ""


def read(access: Access = SIGNED_IN, query: str = "") -> Line:
    return Line(get=access, query=query)


def write(access: Access = SIGNED_IN) -> Line:
    return Line(post=access)


def both(access: Access = SIGNED_IN) -> Line:
    return Line(get=access, post=access)


LINES: dict[str, Line] = {
    # The studio
    "": read(),
    "studio/settings/": read(),
    "studio/estimate/": write(),
    "studio/calculate/": write(),
    "studio/changes/": read(),
    "studio/balance/": write(),
    "mode/": write(),
    "history/": read(),
    # Generations and their pictures
    "generations/": write(),
    "generations/<slug:code>/": read(SEEN),
    "generations/<slug:code>/check/": write(OWN),
    "generations/<slug:code>/cancel/": write(OWN),
    "generations/<slug:code>/again/": write(OWN),
    "generations/<slug:code>/successor/": write(OWN),
    "generations/<slug:code>/family/": read(SEEN),
    "generations/<slug:code>/offers/": read(OWN),
    "generations/<slug:code>/final/": write(OWN),
    "generations/<slug:code>/more/": write(OWN),
    # The test's generation has all its pictures.
    "generations/<slug:code>/missing/": write(NOBODY_YET),
    "generations/<slug:code>/correct/": write(NOBODY_YET),
    "generations/<slug:code>/task/": write(OWN),
    "generations/<slug:code>/task/reject/": write(KEPT),
    "generations/<slug:code>/task/<int:candidate>/": read(NOBODY_YET),
    "generations/<slug:code>/images/<int:index>/": read(SEEN),
    "generations/<slug:code>/images/<int:index>/small/": read(SEEN),
    "generations/<slug:code>/images/<int:index>/medium/": read(SEEN),
    "generations/<slug:code>/images/<int:index>/panel/": read(SEEN),
    "generations/<slug:code>/images/<int:index>/menu/": read(SEEN),
    "generations/<slug:code>/images/<int:index>/favourite/": write(SEEN),
    "generations/<slug:code>/images/<int:index>/text/": write(KEPT),
    "generations/<slug:code>/images/<int:index>/change/": both(SEEN),
    "generations/<slug:code>/images/<int:index>/change/box/": read(SEEN),
    "generations/<slug:code>/images/<int:index>/change/price/": write(SEEN),
    "generations/<slug:code>/images/<int:index>/change/children/": read(SEEN),
    "generations/<slug:code>/images/<int:index>/edit/": write(SEEN),
    "gallery/": read(),
    "gallery/more/": read(),
    "gallery/act/": write(),
    "gallery/undo/": write(),
    "gallery/download/": write(),
    "compare/": both(),
    "present/": both(),
    # Share links
    "links/": both(),
    "links/revoke/": write(),
    "links/<int:pk>/": both(KEPT),
    "links/<int:pk>/revoke/": write(KEPT),
    "s/<slug:token>/": both(EVERYBODY),
    "s/<slug:token>/present/": read(EVERYBODY),
    "s/<slug:token>/<int:position>/": read(EVERYBODY),
    "s/<slug:token>/<int:position>/small/": read(EVERYBODY),
    "s/<slug:token>/<int:position>/medium/": read(EVERYBODY),
    # References
    "references/": read(),
    "references/add/": write(),
    "references/chosen/": read(query="?reference={reference}"),
    "references/earlier/": read(),
    "references/<slug:token>/": read(SEEN),
    "references/<slug:token>/small/": read(SEEN),
    "references/<slug:token>/delete/": write(OWN),
    # EvoLink has no session. The secret is in the address.
    "r/<slug:token>.<slug:extension>": read(EVERYBODY),
    "callbacks/<slug:nonce>/": write(EVERYBODY),
    "status/": read(),
    # Money
    "pricing/": read(EVERYBODY),
    "pricing/calculator/": read(EVERYBODY),
    "pricing/calculation/": read(EVERYBODY),
    # The test's studio does not follow EvoLink's price list.
    "pricing/take-over/": write(NOBODY_YET),
    "usage/": read(),
    "usage/export.csv": write(),
    "team/usage/": read(ADMINISTRATORS),
    "team/usage/export.csv": write(ADMINISTRATORS),
    "team/budgets/": both(ADMINISTRATORS),
    "team/health/": read(ADMINISTRATORS),
    # Reading
    "docs/": read(EVERYBODY),
    "docs/scenarios/": read(EVERYBODY),
    "docs/scenarios/choices/": read(EVERYBODY),
    "help/": read(EVERYBODY),
    "help/<slug:slug>/": read(EVERYBODY),
    # Settings
    "settings/": both(),
    "settings/defaults/": both(),
    "settings/keys/": Line(get=SIGNED_IN, post=SPENDERS),
    "settings/keys/<uuid:pk>/check/": write(OWN),
    "settings/keys/<uuid:pk>/default/": write(OWN),
    "settings/keys/<uuid:pk>/team/": write(OWN),
    "settings/keys/<uuid:pk>/label/": write(OWN),
    "settings/keys/<uuid:pk>/delete/": write(OWN),
    "settings/security/": read(),
    "settings/security/sessions/": write(),
    # The team
    "team/": both(ADMINISTRATORS),
    "team/log/": read(ADMINISTRATORS),
    "team/people/<int:pk>/role/": write(ADMINISTRATORS),
    "team/people/<int:pk>/password/": write(ADMINISTRATORS),
    "team/people/<int:pk>/second-step/": write(ADMINISTRATORS),
    "team/people/<int:pk>/deactivate/": write(ADMINISTRATORS),
    "team/people/<int:pk>/activate/": write(ADMINISTRATORS),
    "team/invitations/<int:pk>/send/": write(ADMINISTRATORS),
    "team/invitations/<int:pk>/withdraw/": write(ADMINISTRATORS),
    # Sign-in
    "accounts/login/": both(EVERYBODY),
    "accounts/login/demo/": write(NOBODY),
    "accounts/setup/": both(NOBODY),
    "join/<str:token>/": both(EVERYBODY),
    "accounts/logout/": Line(get=SIGNED_IN, post=AWAY),
    "accounts/inactive/": read(EVERYBODY),
    "accounts/signup/": both(EVERYBODY),
    "accounts/confirm-email/": read(EVERYBODY),
    r"accounts/^confirm-email/(?P<key>[-:\w]+)/$": Line(get=EVERYBODY, post=NOBODY),
    "accounts/password/reset/": both(EVERYBODY),
    "accounts/password/reset/done/": read(EVERYBODY),
    "accounts/password/reset/key/done/": read(EVERYBODY),
    "accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": both(EVERYBODY),
    "accounts/login/code/confirm/": both(),
    "accounts/reauthenticate/": both(),
    "accounts/email/": both(),
    "accounts/password/change/": both(),
    "accounts/password/set/": both(),
    # Passkeys and codes. In the test people have just confirmed their password.
    "accounts/2fa/": read(),
    "accounts/2fa/authenticate/": both(),
    "accounts/2fa/reauthenticate/": both(),
    "accounts/2fa/totp/activate/": both(),
    "accounts/2fa/totp/deactivate/": both(NOBODY_YET),
    "accounts/2fa/recovery-codes/": read(NOBODY_YET),
    "accounts/2fa/recovery-codes/generate/": both(),
    "accounts/2fa/recovery-codes/download/": both(NOBODY_YET),
    "accounts/2fa/webauthn/": read(),
    "accounts/2fa/webauthn/add/": both(),
    "accounts/2fa/webauthn/reauthenticate/": both(),
    "accounts/2fa/webauthn/keys/<int:pk>/remove/": both(NOBODY_YET),
    "accounts/2fa/webauthn/keys/<int:pk>/edit/": both(NOBODY_YET),
    "accounts/2fa/webauthn/login/": both(),
    "accounts/3rdparty/login/cancelled/": read(EVERYBODY),
    "accounts/3rdparty/login/error/": read(),
    "accounts/3rdparty/signup/": both(AWAY),
    "accounts/3rdparty/": both(),
    "accounts/oidc/^(?P<provider_id>[^/]+)/login/": both(NOBODY),
    "accounts/oidc/^(?P<provider_id>[^/]+)/login/callback/": both(NOBODY),
    # The frame
    "offline/": read(EVERYBODY),
    "offline.js": read(EVERYBODY),
    "i18n/setlang/": write(EVERYBODY),
    "theme/": write(EVERYBODY),
    "admin/": both(DJANGO_ADMIN),
}

# Only in development, as tests/web/test_shell.py checks.
DEVELOPMENT = {"design/"}
# EvoLink calls these. It has no page with a CSRF token.
WITHOUT_TOKEN = {"callbacks/<slug:nonce>/"}
# The only statements that a GET may write, by their beginning: the note that EvoLink has fetched a reference.
WRITES_ON_GET = {
    "r/<slug:token>.<slug:extension>": 'UPDATE "playground_referenceaddress" SET "fetched_at" = ',
}

# What a page saves in its reader's session, and why. Other pages may not change the session on GET.
SESSION_ON_GET = {
    "accounts/2fa/totp/activate/": "the secret that the code is to prove",
    "accounts/2fa/webauthn/add/": "the challenge that the passkey is to answer",
    "accounts/2fa/webauthn/login/": "the same, before there is anybody",
    "accounts/2fa/webauthn/reauthenticate/": "the same",
    "accounts/2fa/authenticate/": "the same",
    "accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": "the link’s secret, away from the address",
    "accounts/oidc/^(?P<provider_id>[^/]+)/login/callback/": "that is how somebody comes back signed in",
}


def patterns(resolver: URLResolver | None = None, before: str = "") -> list[str]:
    """Every route of the site. Django's admin counts as one route."""
    found: list[str] = []
    for entry in (resolver or get_resolver()).url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLPattern) or route == "admin/":
            found.append(route)
        else:
            found += patterns(entry, route)
    return list(dict.fromkeys(found))
