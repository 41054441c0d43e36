"""Django's admin may look at people; it changes nothing about them, since it knows neither the last administrator nor
the log. Second steps are not there at all: their rows hold secrets."""

import allauth.mfa.admin  # noqa: F401  registers what is taken out below
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest

from accounts.models import User


@admin.register(User)
class PeopleAdmin(UserAdmin):  # type: ignore[type-arg]  # not generic at run time
    list_display = ["username", "email", "role", "is_active"]
    list_filter = ["role", "is_active"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False


admin.site.unregister(Authenticator)
