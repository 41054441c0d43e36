"""The user `demo`, who may come in while developing only (see `User.may_come_in`)."""

from accounts.models import DEMO, Role, User

PASSWORD = "demo"  # noqa: S105  known on purpose, and opens nothing outside development mode


def demo_user() -> User:
    """The demo user, made on first need. Their password is set again only if somebody changed it."""
    user, _created = User.objects.get_or_create(
        username=DEMO, defaults={"first_name": "Demo", "role": Role.ADMINISTRATOR}
    )
    if not user.check_password(PASSWORD):
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
    return user
