"""What a person says about themselves and their keys."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts import gateway
from accounts.gateway import Verdict
from accounts.models import KeyState, User
from playground.evolink import ApiSecret


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    class Meta:
        model = User
        fields = ["first_name", "last_name", "language", "theme", "shares_by_default"]
        widgets = {"theme": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = self.fields["language"]
        assert isinstance(language, forms.ChoiceField)  # noqa: S101  narrows the type
        language.choices = [("", _("As the browser asks for")), *settings.LANGUAGES]


class KeyForm(forms.Form):
    """A new key. EvoLink is asked about it while the form is checked; `verdict` is its answer."""

    label = forms.CharField(label=_("Label"), max_length=60)
    key = forms.CharField(label=_("API key"), max_length=300)
    for_members = forms.BooleanField(label=_("Members"), required=False)
    for_administrators = forms.BooleanField(label=_("Administrators"), required=False)

    verdict = Verdict(None)

    def clean_key(self) -> ApiSecret:
        try:
            return ApiSecret(self.cleaned_data["key"].strip())
        except ValueError:
            raise forms.ValidationError(
                _("A key has no blanks and no special characters. Copy it once more.")
            ) from None

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if "key" in data and not self.errors:
            self.verdict = gateway.ask(data["key"])
            if self.verdict.state is KeyState.REFUSED:
                self.add_error(
                    "key", _("EvoLink does not accept this key. Copy it once more, or make a new one there.")
                )
        return data
