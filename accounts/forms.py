"""The forms of the account pages, of the keys and of the team."""

import re
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from accounts import key_check
from accounts.auth import setup
from accounts.key_check import Verdict
from accounts.models import DEMO, ApiKey, EventKind, KeyState, Role, User
from accounts.pasted import key_in
from playground.evolink import ApiSecret, redact
from playground.evolink.secret import SHORTEST_KEY

# How many invitations one form may send.
MANY = 100
_LONG_WORD = re.compile(r"(?=[A-Za-z_]*[0-9])(?=[0-9_]*[A-Za-z])[A-Za-z0-9_]{20,}")


def _text(autocomplete: str) -> forms.TextInput:
    return forms.TextInput(attrs={"autocomplete": autocomplete, "autocapitalize": "none", "spellcheck": "false"})


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    class Meta:
        model = User
        fields = ["first_name", "last_name", "language", "theme", "shares_by_default"]
        widgets = {"theme": forms.RadioSelect}
        help_texts = {
            "shares_by_default": _("Otherwise, only you and the administrators see them until you share them.")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = self.fields["language"]
        assert isinstance(language, forms.ChoiceField)  # noqa: S101  narrows the type
        language.choices = [("", _("Same as the browser")), *settings.LANGUAGES]

    def save(self, commit: bool = True) -> User:
        """Save only these fields, because the password may have been changed meanwhile."""
        person: User = self.instance
        person.save(update_fields=self.Meta.fields)
        return person


_KEY_AS_LABEL = _("This looks like an API key. The label is a name others may read, such as “Marketing”.")


class LabelField(forms.CharField):
    """The name of a key. If somebody pastes a key here, the form refuses it and does not send it back."""

    def __init__(self, **options: Any) -> None:
        super().__init__(label=_("Label"), max_length=60, **options)

    def clean(self, value: Any) -> Any:
        if _has_a_key(value or ""):
            raise forms.ValidationError(_KEY_AS_LABEL)
        return super().clean(value)

    def bound_data(self, data: Any, initial: Any) -> Any:
        return "" if _has_a_key(data or "") else super().bound_data(data, initial)


def _has_a_key(text: str) -> bool:
    """Also a part of a key, or a key of another kind: a long word of letters and digits is not a name."""
    return redact(text) != text or bool(_LONG_WORD.search(text))


class RenameForm(forms.Form):
    """Another label for a key; there is one form for each key of a page."""

    label = LabelField(
        widget=forms.TextInput(attrs={"class": "input-auto", "autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, *, key: ApiKey) -> None:
        super().__init__(data, auto_id=f"%s-{key.pk}", initial={"label": key.label})
        self.fields["label"].label = _("New name for “%(label)s”") % {"label": key.label}


class SharedWithForm(forms.ModelForm):  # type: ignore[type-arg]
    """Which roles may also spend with an administrator’s key."""

    class Meta:
        model = ApiKey
        fields = ["for_members", "for_administrators"]

    def __init__(self, key: ApiKey) -> None:
        super().__init__(instance=key, auto_id=f"%s-{key.pk}")


class KeyField(forms.CharField):
    """An API key, pasted with whatever stood around it."""

    @sensitive_variables()
    def to_python(self, value: Any) -> str:
        return key_in(value or "")


class KeyForm(forms.Form):
    """A new key. The form asks EvoLink about it; `verdict` is the answer."""

    label = LabelField(widget=forms.TextInput(attrs={"placeholder": _("Marketing")}))
    key = KeyField(
        label=_("API key"),
        max_length=300,
        help_text=_(
            "You create it in your EvoLink account. It is checked there at once, kept encrypted here, and never shown"
            " again."
        ),
        widget=forms.PasswordInput(attrs={"placeholder": "sk-…", "autocomplete": "off", "spellcheck": "false"}),
    )
    for_members = forms.BooleanField(label=_("Members"), required=False)
    for_administrators = forms.BooleanField(label=_("Administrators"), required=False)

    verdict = Verdict(None)

    @sensitive_variables()
    def clean_key(self) -> ApiSecret:
        try:
            return ApiSecret(self.cleaned_data["key"])
        except ValueError:
            raise forms.ValidationError(_("A key has no spaces or special characters. Copy it again.")) from None

    @sensitive_variables()
    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        typed, label = key_in(str(self.data.get("key", ""))), data.get("label", "")
        if min(len(typed), len(label)) >= SHORTEST_KEY and (typed in label or label in typed):
            self.data = {**self.data, "label": ""}
            self.add_error("label", _KEY_AS_LABEL)
        if "key" in data and not self.errors:
            self.verdict = key_check.ask(data["key"])
            if self.verdict.state is KeyState.REFUSED:
                self.add_error("key", _("EvoLink does not accept this key. Copy it again, or create a new one there."))
        return data


class _NewPersonForm(forms.Form):
    """A user name and a password that Django accepts."""

    TAKEN = _("This name is taken. Choose another one.")

    username = forms.CharField(
        label=_("Username"), max_length=150, validators=[UnicodeUsernameValidator()], widget=_text("username")
    )
    password = forms.CharField(label=_("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        if username.lower() == DEMO or User.objects.filter(username__iexact=username).exists():
            raise forms.ValidationError(self.TAKEN)
        return username

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, User(username=self.cleaned_data.get("username", "")))
        return password


class FirstAdministratorForm(_NewPersonForm):
    email = forms.EmailField(label=_("Email"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    code = forms.CharField(
        label=_("Setup code"),
        max_length=40,
        help_text=_("The server printed it when it started. It works once."),
        widget=_text("off"),
    )
    field_order = ["code", "username", "email", "password"]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if User.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError(_("Somebody signed up with this address before. Choose another one."))
        return email

    def clean_code(self) -> str:
        if not setup.is_code(self.cleaned_data["code"]):
            raise forms.ValidationError(
                _("That is not the right code. Look at what the server printed when it started.")
            )
        return ""


class JoinForm(_NewPersonForm):
    first_name = forms.CharField(label=_("First name"), max_length=150, required=False, widget=_text("given-name"))
    last_name = forms.CharField(label=_("Last name"), max_length=150, required=False, widget=_text("family-name"))
    field_order = ["first_name", "last_name", "username", "password"]


class InviteForm(forms.Form):
    """Invites one or many addresses."""

    emails = forms.CharField(
        label=_("Email addresses"),
        help_text=_("One or more, separated by commas, spaces or new lines."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.MEMBER)
    days = forms.TypedChoiceField(
        label=_("The invitation is valid for"),
        coerce=int,
        initial=7,
        choices=[(1, _("1 day")), (7, _("7 days")), (30, _("30 days"))],
    )

    def clean_emails(self) -> list[str]:
        words = re.split(r"[\s,;、，]+", self.cleaned_data["emails"].lower())
        addresses = list(dict.fromkeys(filter(None, words)))
        wrong = [address for address in addresses if not _is_address(address)]
        if wrong:
            raise forms.ValidationError(_("Not an email address: %(wrong)s"), params={"wrong": ", ".join(wrong)})
        if len(addresses) > MANY:
            raise forms.ValidationError(_("At most %(many)s at once."), params={"many": MANY})
        people = {email.lower() for email in User.objects.exclude(email="").values_list("email", flat=True)}
        known = [address for address in addresses if address in people]
        if known:
            raise forms.ValidationError(_("Already on the team: %(known)s"), params={"known": ", ".join(known)})
        return addresses


class RoleForm(forms.ModelForm):  # type: ignore[type-arg]
    """The role of one person; there is one form for each person of a page."""

    class Meta:
        model = User
        fields = ["role"]
        widgets = {"role": forms.Select(attrs={"class": "input-auto"})}

    def __init__(self, person: User) -> None:
        super().__init__(instance=person, auto_id=f"%s-{person.pk}")
        self.fields["role"].label = _("Role of %(name)s") % {"name": person.name}


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except forms.ValidationError:
        return False
    return True


class LogFilterForm(forms.Form):
    """Filters the security log."""

    kind = forms.ChoiceField(label=_("What"), required=False, choices=[("", _("Everything")), *EventKind.choices])
    person = forms.ModelChoiceField(
        label=_("Who"), required=False, queryset=User.objects.order_by("username"), empty_label=_("Everybody")
    )
