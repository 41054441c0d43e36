"""The user `demo`, who may sign in in development only (see `User.may_come_in`)."""

from accounts.models import DEMO, Role, User

PASSWORD = "demo"  # noqa: S105  public on purpose; it works in development only


def demo_user() -> User:
    """The demo user, created when first needed. The password is reset if somebody has changed it."""
    user, _created = User.objects.get_or_create(
        username=DEMO, defaults={"first_name": "Demo", "role": Role.ADMINISTRATOR}
    )
    if not user.check_password(PASSWORD):
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
    return user
