"""Who is on the team, and what they may do."""

from typing import Any, ClassVar

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# The user who may sign in in development only. Nobody else may have this name.
DEMO = "demo"
# Fields that say what a person may do. `save` writes them only when `update_fields` names them.
_POWERS = {"role", "is_active", "is_staff", "is_superuser"}


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator", _("Administrator")
    MEMBER = "member", _("Member")
    VIEWER = "viewer", _("Viewer")


class Theme(models.TextChoices):
    SYSTEM = "", _("Same as the device")
    LIGHT = "light", pgettext_lazy("theme", "Light")
    DARK = "dark", pgettext_lazy("theme", "Dark")


class LastAdministrator(Exception):
    """This is refused because the team would have no administrator."""


class People(UserManager["User"]):
    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **fields: Any
    ) -> "User":
        """Create an administrator. Their address counts as verified."""
        user = super().create_superuser(username, email, password, **fields)
        user.vouch_for_email()
        return user

    def active(self) -> "models.QuerySet[User]":
        """People who may sign in."""
        people = self.filter(is_active=True)
        return people if settings.DEBUG else people.exclude(username=DEMO)

    def named(self, login: str) -> "User | None":
        """The person with this user name or address, in capital or small letters."""
        lookups = ("email__iexact", "username__iexact", "emailaddress__email__iexact")
        found = (self.filter(**{lookup: login}).first() for lookup in lookups)
        return next(filter(None, found), None) if login else None

    def administrators(self) -> "models.QuerySet[User]":
        return self.active().filter(role=Role.ADMINISTRATOR)


class User(AbstractUser):
    """A person on the team. One installation is one team, so there is no team model.

    `role` says what they may do. Django's `is_staff` and `is_superuser` follow from it.
    """

    role = models.CharField(_("role"), max_length=13, choices=Role.choices, default=Role.MEMBER)
    language = models.CharField(_("language"), max_length=8, blank=True, choices=settings.LANGUAGES)
    # The language that their browser asked for at the last sign-in. Mails use it if `language` is empty.
    seen_language = models.CharField(max_length=8, blank=True, editable=False)
    theme = models.CharField(_("appearance"), max_length=5, blank=True, choices=Theme.choices, default=Theme.SYSTEM)
    shares_by_default = models.BooleanField(_("share my new pictures with the team"), default=False)
    # What the studio's form starts with: {"model": …, "size": …, "quality": …, "n": …}. All of them may be missing.
    defaults = models.JSONField(default=dict, blank=True)

    objects: ClassVar[People] = People()

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(Lower("email"), condition=~Q(email=""), name="user_email_once"),
            models.CheckConstraint(
                name="user_role_decides",
                condition=Q(role=Role.ADMINISTRATOR, is_superuser=True, is_staff=True)
                | (~Q(role=Role.ADMINISTRATOR) & Q(is_superuser=False, is_staff=False)),
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A row that is saved as a whole may be old. So `save` leaves the fields alone that say what the person may do,
        because somebody may have changed them meanwhile."""
        if self._state.adding and self.is_superuser:
            self.role = Role.ADMINISTRATOR
        self.is_staff = self.is_superuser = self.is_administrator
        fields = kwargs.get("update_fields")
        if fields is None and not self._state.adding:
            kept = _POWERS | self.get_deferred_fields()
            kwargs["update_fields"] = {
                field.name for field in self._meta.concrete_fields if not field.primary_key and field.name not in kept
            }
        elif fields is not None and "role" in fields:
            kwargs["update_fields"] = {*fields, "is_staff", "is_superuser"}
        super().save(*args, **kwargs)

    @property
    def may_come_in(self) -> bool:
        """Whether the person may sign in and stay signed in: every sign-in and every request asks this."""
        return self.is_active and (settings.DEBUG or self.username != DEMO)

    @property
    def is_administrator(self) -> bool:
        return self.role == Role.ADMINISTRATOR

    @property
    def may_spend(self) -> bool:
        """Viewers may not: they see pictures, share them, and rehearse."""
        return self.role != Role.VIEWER

    @property
    def mail_language(self) -> str:
        return self.language or self.seen_language

    @property
    def name(self) -> str:
        return self.get_full_name() or self.get_username()

    def vouch_for_email(self) -> None:
        """Mark the address as verified, because an administrator has entered it."""
        if self.email:
            EmailAddress = apps.get_model("account", "EmailAddress")
            EmailAddress.objects.get_or_create(user=self, email=self.email, verified=True, primary=True)

    def change_role(self, role: str) -> None:
        """Raises `LastAdministrator`."""
        with transaction.atomic():
            self._stays_administered(role == Role.ADMINISTRATOR)
            self.role = role
            self.save(update_fields=["role"])

    def deactivate(self) -> None:
        """From this moment the person is not signed in anywhere and cannot sign in. What they have made stays. Raises
        `LastAdministrator`."""
        with transaction.atomic():
            self._stays_administered(False)
            self.is_active = False
            self.save(update_fields=["is_active"])

    def activate(self) -> None:
        self.is_active = True
        self.save(update_fields=["is_active"])

    def _stays_administered(self, administrator: bool) -> None:
        """Raises `LastAdministrator` if the team would have none. Locks the rows of all administrators, always in the
        same order, so that two administrators who remove each other at the same moment wait for each other. New rows
        that refer to a person do not wait (`no_key`)."""
        administrators = [*User.objects.administrators().order_by("pk").select_for_update(no_key=True)]
        if not administrator and administrators == [self]:
            raise LastAdministrator(self.username)
