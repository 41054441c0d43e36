"""Who sees a generation and what belongs to it, and who may change it. The one place that says so.

`through` is the way from the rows that are filtered to the generation: `"generation__"` from its pictures.
"""

from typing import TYPE_CHECKING

from django.db.models import Q

if TYPE_CHECKING:
    from accounts.models import User


# A condition that every row meets, also beside others: an empty `Q()` would vanish from `Q() | …`.
_ALL = ~Q(pk__in=[])


def seen_by(user: "User", through: str = "") -> Q:
    """One's own, and what is shared with the team; administrators see all."""
    if user.is_administrator:
        return _ALL
    return Q(**{f"{through}owner": user}) | Q(**{f"{through}shared": True})


def kept_by(user: "User", through: str = "") -> Q:
    """What `user` may share, describe, change and delete: their own; administrators all."""
    return _ALL if user.is_administrator else Q(**{f"{through}owner": user})


def keeps(user: "User", owner_id: int) -> bool:
    """The same as `kept_by`, for a row at hand."""
    return user.is_administrator or user.pk == owner_id
