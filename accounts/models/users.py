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

# The one user who may come in while developing only. The name is nobody else's.
DEMO = "demo"
# What a person may do is written only where it is named.
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
    """The team would be left without anybody who can look after it."""


class People(UserManager["User"]):
    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **fields: Any
    ) -> "User":
        """An administrator. Whoever makes one vouches for the address."""
        user = super().create_superuser(username, email, password, **fields)
        user.vouch_for_email()
        return user

    def active(self) -> "models.QuerySet[User]":
        """Those who may come in."""
        people = self.filter(is_active=True)
        return people if settings.DEBUG else people.exclude(username=DEMO)

    def named(self, login: str) -> "User | None":
        """Whom the sign-in looks for under a user name or an address, as somebody typed it."""
        lookups = ("email__iexact", "username__iexact", "emailaddress__email__iexact")
        found = (self.filter(**{lookup: login}).first() for lookup in lookups)
        return next(filter(None, found), None) if login else None

    def administrators(self) -> "models.QuerySet[User]":
        return self.active().filter(role=Role.ADMINISTRATOR)


class User(AbstractUser):
    """A member of the team. One installation is one team, so there is no team model.

    `role` decides; Django's own `is_staff` and `is_superuser` follow it.
    """

    role = models.CharField(_("role"), max_length=13, choices=Role.choices, default=Role.MEMBER)
    language = models.CharField(_("language"), max_length=8, blank=True, choices=settings.LANGUAGES)
    # What their browser asked for when they last signed in; for mails to who follows the browser.
    seen_language = models.CharField(max_length=8, blank=True, editable=False)
    theme = models.CharField(_("appearance"), max_length=5, blank=True, choices=Theme.choices, default=Theme.SYSTEM)
    shares_by_default = models.BooleanField(_("share my new pictures with the team"), default=False)
    # What the studio's form starts with: {"model": …, "size": …, "quality": …, "n": …}; empty ones are the studio's.
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
        """Whoever is saved as a whole was read a while ago: their role, and whether they may come in, may have been
        changed since, and stay as they are."""
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
        """Whatever opens a session asks this, and so does every request in one."""
        return self.is_active and (settings.DEBUG or self.username != DEMO)

    @property
    def is_administrator(self) -> bool:
        return self.role == Role.ADMINISTRATOR

    @property
    def may_spend(self) -> bool:
        """Viewers see and share; what they try out is rehearsal."""
        return self.role != Role.VIEWER

    @property
    def mail_language(self) -> str:
        return self.language or self.seen_language

    @property
    def name(self) -> str:
        return self.get_full_name() or self.get_username()

    def vouch_for_email(self) -> None:
        """Their address counts as proved; an administrator has given it."""
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
        """They can no longer come in, from this moment: a session of theirs is nobody's. Everything of theirs stays.
        Raises `LastAdministrator`."""
        with transaction.atomic():
            self._stays_administered(False)
            self.is_active = False
            self.save(update_fields=["is_active"])

    def activate(self) -> None:
        self.is_active = True
        self.save(update_fields=["is_active"])

    def _stays_administered(self, administrator: bool) -> None:
        """All administrators are locked, always in the same order, so that two of them who remove each other at the
        same moment wait for one another. Rows that only name a person do not wait."""
        administrators = [*User.objects.administrators().order_by("pk").select_for_update(no_key=True)]
        if not administrator and administrators == [self]:
            raise LastAdministrator(self.username)
