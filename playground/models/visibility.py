"""Who may see a generation and its pictures, and who may change or choose something. No other module decides this.

`through` is the lookup path from the filtered rows to the generation: `"generation__"` from its pictures.
"""

from typing import TYPE_CHECKING

from django.db.models import Q

if TYPE_CHECKING:
    from accounts.models import User


# A condition that is true for every row. An empty `Q()` is not enough, because `Q() | other` is only `other`.
_ALL = ~Q(pk__in=[])


def seen_by(user: "User", through: str = "") -> Q:
    """The person's own rows, and those that are shared with the team. Administrators see all."""
    if user.is_administrator:
        return _ALL
    return Q(**{f"{through}owner": user}) | Q(**{f"{through}shared": True})


def sees(user: "User", owner_id: int, *, shared: bool) -> bool:
    """The same rule as `seen_by`, for one row."""
    return user.is_administrator or user.pk == owner_id or shared


def kept_by(user: "User", through: str = "") -> Q:
    """The rows that `user` may share, describe, change and delete: their own. Administrators may change all."""
    return _ALL if user.is_administrator else Q(**{f"{through}owner": user})


def keeps(user: "User", owner_id: int) -> bool:
    """The same rule as `kept_by`, for one row with this owner."""
    return user.is_administrator or user.pk == owner_id


def chooses_task(user: "User", owner_id: int, *, own_account: bool) -> bool:
    """Whether `user` may choose the task of a lost generation: its owner, if nobody else spends with the key, or else
    an administrator."""
    return user.pk == owner_id if own_account else user.is_administrator
