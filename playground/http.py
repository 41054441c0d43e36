"""The request as our views know it, for the types alone."""

from accounts.requests import MemberRequest

__all__ = ["MemberRequest"]
