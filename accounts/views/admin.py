"""People in Django's admin: one may look at them and change nothing, because the admin does not know about the last
administrator and the security log. Second steps, sessions and single sign-on are not there, because they have secrets.
Groups are not there, because nothing uses them."""

from typing import Any

import allauth.mfa.admin
import allauth.socialaccount.admin  # noqa: F401  they register what is removed below
from allauth.account.admin import EmailAddressAdmin
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest

from accounts.models import User

for model in (Authenticator, EmailAddress, Group, SocialAccount, SocialApp, SocialToken):
    admin.site.unregister(model)


class LookOnly(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class PeopleAdmin(LookOnly, UserAdmin):  # type: ignore[type-arg]  # not generic at run time
    list_display = ["username", "email", "role", "is_active"]
    list_filter = ["role", "is_active"]


@admin.register(EmailAddress)
class AddressAdmin(LookOnly, EmailAddressAdmin):  # type: ignore[misc]  # allauth has no types
    pass
