"""The authentication backend: finds the person for a password or a session."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend


class Backend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    def user_can_authenticate(self, user: Any) -> bool:
        """Django asks this at the sign-in and at every request."""
        return bool(user.may_come_in)
