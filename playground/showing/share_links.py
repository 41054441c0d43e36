"""The parts of a share link: the form for its settings, the form for its password, and its pictures for the public
page."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from accounts import limits
from playground.models import GeneratedImage, SharedImage, ShareLink
from playground.showing import slideshow
from playground.showing.slideshow import Slide

LIVES = (1, 7, 30, 90, 365)  # days
PASSWORD_MIN = 6
_COOKIE = "share"
_REMEMBERED = timedelta(hours=12)


class ShareLinkForm(forms.Form):
    """The settings of a link. An empty field changes nothing."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=ShareLink._meta.get_field("title").max_length,
        required=False,
        help_text=gettext_lazy("Stands above the pictures."),
    )
    prompts = forms.BooleanField(label=gettext_lazy("Show the prompts below the pictures"), required=False)
    life = forms.TypedChoiceField(label=gettext_lazy("Works until"), required=False, coerce=int, empty_value=None)
    password = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        min_length=PASSWORD_MIN,
        max_length=100,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=True),
    )
    unlocked = forms.BooleanField(label=gettext_lazy("Remove the password"), required=False)

    def __init__(self, data: Any = None, *, link: ShareLink, now: datetime) -> None:
        super().__init__(data, initial={"title": link.title, "prompts": link.prompts})
        self.link, self.now = link, now
        until = date_format(localtime(link.expires_at), "DATETIME_FORMAT")
        as_it_is = _("Expired: %(date)s") if link.expired(now) else _("Unchanged: %(date)s")
        days = ngettext_lazy("%(days)s day from now", "%(days)s days from now", "days")
        life = self.fields["life"]
        assert isinstance(life, forms.ChoiceField)  # noqa: S101  narrows the type
        life.choices = [("", as_it_is % {"date": until}), *((number, days % {"days": number}) for number in LIVES)]
        self.fields["password"].help_text = (
            _("There is one. Enter another one to replace it.")
            if link.password
            else _("If you enter one, whoever opens the link is asked for it. Pass it on separately from the link.")
        )
        if not link.password:
            del self.fields["unlocked"]

    def save(self) -> None:
        link, wanted = self.link, self.cleaned_data
        link.title, link.prompts = wanted["title"], wanted["prompts"]
        if wanted["life"]:
            link.expires_at = self.now + timedelta(days=wanted["life"])
        link.save(update_fields=["title", "prompts", "expires_at"])
        if wanted["password"] or wanted.get("unlocked"):
            link.lock(wanted["password"])


class PasswordForm(forms.Form):
    """Asks visitors for the password of a link."""

    password = forms.CharField(
        label=gettext_lazy("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "off", "autofocus": True})
    )

    def __init__(self, data: Any = None, *, link: ShareLink, request: HttpRequest) -> None:
        super().__init__(data)
        self.link, self.request, self.too_many = link, request, False

    def clean_password(self) -> str:
        if not _may_guess(self.request, self.link):
            self.too_many = True
            raise forms.ValidationError(_("Too many attempts. Wait ten minutes, then try again."))
        password: str = self.cleaned_data["password"]
        if not self.link.opens_with(password):
            raise forms.ValidationError(_("That is not the password of this link. Check upper and lower case."))
        return password


def _may_guess(request: HttpRequest, link: ShareLink) -> bool:
    sources = {"share-link-guesses": f"{link.pk} {limits.address(request)}", "share-link-all-guesses": str(link.pk)}
    return all(limits.take(limit, source) for limit, source in sources.items())


def remember(response: HttpResponse, link: ShareLink) -> None:
    """Saves in a cookie that this browser has given the password. It is valid for this link and this password only."""
    response.set_cookie(
        _COOKIE,
        signing.dumps(link.token, salt=_salt(link)),
        max_age=_REMEMBERED,
        path=reverse("shared", args=[link.token]),
        secure=link.url.startswith("https://"),
        httponly=True,
        samesite="Lax",
    )


def may_look(request: HttpRequest, link: ShareLink) -> bool:
    if not link.password:
        return True
    try:
        mark = signing.loads(request.COOKIES.get(_COOKIE, ""), salt=_salt(link), max_age=_REMEMBERED)
    except signing.BadSignature:
        return False
    return bool(mark == link.token)


def _salt(link: ShareLink) -> str:
    return f"share {link.password}"


@dataclass(frozen=True)
class PublicPicture:
    """A picture for strangers. It does not show who made it, with which model, or at what cost."""

    link: ShareLink
    position: int
    image: GeneratedImage

    @classmethod
    def of(cls, link: ShareLink, share: SharedImage) -> "PublicPicture":
        return cls(link, share.position, share.image)

    @property
    def caption(self) -> str:
        return self.image.generation.prompt if self.link.prompts else ""

    @property
    def alternative(self) -> str:
        """The text for people who cannot see the picture. It contains the prompt only if the page shows prompts."""
        if self.image.alternative_text or self.link.prompts:
            return self.image.alternative
        return _("Picture %(number)s") % {"number": self.position}

    @property
    def full(self) -> str:
        return reverse("shared-image", args=[self.link.token, self.position])

    @property
    def medium(self) -> str:
        return self._thumbnail("medium")

    @property
    def srcset(self) -> str:
        parts = [f"{self._thumbnail(size)} {width}w" for size, width in self.image.thumbnail_widths.items()]
        return ", ".join([*parts, f"{self.full} {self.image.width or 1}w"])

    @property
    def slide(self) -> Slide:
        image = self.image
        return Slide(self.full, image.width or 1, image.height or 1, self.alternative, slideshow.caption(self.caption))

    @property
    def file_name(self) -> str:
        return f"picture-{self.position}.{self.image.extension}"

    def _thumbnail(self, size: str) -> str:
        return reverse(f"shared-{size}", args=[self.link.token, self.position])
