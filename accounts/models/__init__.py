"""One file per noun."""

from accounts.models.events import EventKind, SecurityEvent, address_of
from accounts.models.invitations import Invitation
from accounts.models.keys import ApiKey, KeyGone, KeyKnown, KeyState
from accounts.models.sessions import Session, SessionStore
from accounts.models.users import DEMO, LastAdministrator, Role, Theme, User

__all__ = [
    "DEMO",
    "ApiKey",
    "EventKind",
    "Invitation",
    "KeyGone",
    "KeyKnown",
    "KeyState",
    "LastAdministrator",
    "Role",
    "SecurityEvent",
    "Session",
    "SessionStore",
    "Theme",
    "User",
    "address_of",
]
