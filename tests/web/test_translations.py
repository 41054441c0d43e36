"""The Japanese translation: complete, well formed, with one word for each term, and also on the pages themselves."""

import re
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from gettext import GNUTranslations
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings as django_settings
from django.core.management import call_command
from django.template.loader import get_template
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern
from django.utils import timezone, translation
from pytest_django.fixtures import Settings

from accounts.models import User
from playground.evolink import Task
from playground.management.commands.messages import strings
from playground.models import Generation, Status
from tests.factories import make_generation, make_key, make_saved

SOURCE = Path(django_settings.LOCALE_PATHS[0]) / "ja" / "LC_MESSAGES" / "django.po"
ERROR_PAGES = sorted(Path(django_settings.BASE_DIR, "templates").glob("[45]*.html"))

# Words that are the same in both languages.
NAMES = {"Image Studio"}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|\{\w+\}|</?\w+>")
JAPANESE = "ぁ-んァ-ヶー一-龯々」）"
ASCII_BESIDE_JAPANESE = re.compile(rf"[{JAPANESE}]\s*[,.!?:;()]|[,!?:;()]\s*[{JAPANESE}「（]")

# One word for each thing: the English word, and the word that its translation must contain.
GLOSSARY = {
    r"\bcredits?\b": "クレジット",
    r"\bprompts?\b": "プロンプト",
    r"\breference images?\b": "参照画像",
    r"\bgallery\b": "ギャラリー",
    r"\bestimates?\b": "見積もり",
    r"\bbudgets?\b": "予算",
    r"\bsandbox\b": "サンドボックス",
    r"\brehears": "リハーサル",
    r"\bAPI keys?\b": "APIキー",
    r"\badministrators?\b": "管理者",
    r"\bviewers?\b": "閲覧者",
    r"\btokens?\b": "トークン",
    r"\bsign(s|ed|ing)?[ -]in\b": "ログイン",
    r"\bthinks\b": "推論",
}

# One spelling for each word: the wrong one, and the right one.
SPELLINGS = {
    "サインイン": "ログイン",
    "わから": "分から",
    "だれ": "誰",
    "いま(?![すせし])": "今",
    "あと[でにのは]": "後",
    "かぎり": "限り",
    "かまい": "構い",
    "もう一度試してください": "もう一度お試しください",
    "「生成する」": "「生成」",  # as the button says
}


@dataclass(frozen=True)
class Message:
    source: str
    plural: str
    text: str


@cache
def messages() -> list[Message]:
    with SOURCE.open("rb") as file:
        catalogue = read_po(file, locale="ja")
    found = []
    for message in catalogue:
        one, many = message.id if isinstance(message.id, tuple) else (message.id, message.id)
        text = message.string if isinstance(message.string, str) else message.string[0]
        if one:
            found.append(Message(one, many, text))
    return found


def bare(text: str) -> str:
    """The text without placeholders and code."""
    return PLACEHOLDER.sub("", re.sub(r"<code>.*?</code>", "", text))


# --- The file ---


def test_every_string_is_translated() -> None:
    call_command("messages", check=True)


def test_no_string_is_both_singular_and_one_of_a_plural() -> None:
    """Both would share one translation, and the one without a number would show a placeholder."""
    found = {(message, context) for message, context, _place in strings()}
    singular = {(message, context) for message, context in found if isinstance(message, str)}
    assert {(message[0], context) for message, context in found if isinstance(message, tuple)} & singular == set()


def test_placeholders_and_tags_are_those_of_the_source() -> None:
    wrong = [m for m in messages() if Counter(PLACEHOLDER.findall(m.text)) != Counter(PLACEHOLDER.findall(m.plural))]
    assert wrong == []


def test_nothing_stays_english() -> None:
    assert [m for m in messages() if m.text in (m.source, m.plural) and m.source not in NAMES] == []


def test_punctuation_is_japanese() -> None:
    assert [m for m in messages() if ASCII_BESIDE_JAPANESE.search(bare(m.text))] == []


def test_sentences_end_as_sentences_and_labels_as_labels() -> None:
    assert [m for m in messages() if m.source.endswith(".") != m.text.endswith("。")] == []


def test_tone_is_polite_throughout() -> None:
    assert [m for m in messages() if re.search(r"(である|だ|のだ|しろ|せよ)。", m.text)] == []


def test_one_thing_has_one_word() -> None:
    wrong = [
        (m.source, m.text)
        for m in messages()
        for word, japanese in GLOSSARY.items()
        if re.search(word, bare(m.source), re.IGNORECASE) and japanese not in m.text
    ]
    assert wrong == []


def test_one_word_has_one_spelling() -> None:
    assert [(m.text, right) for m in messages() for wrong, right in SPELLINGS.items() if re.search(wrong, m.text)] == []


def test_numbers_written_out_are_those_of_the_source() -> None:
    """50 MB stays 50 MB. Wrong numbers in a translation are expensive."""

    def numbers(text: str) -> set[str]:
        return set(re.findall(r"\d[\d.,]*\d|\d", bare(text)))

    # Japanese counts in units of ten thousand: 8.3 million are 830万.
    wrong = [m for m in messages() if numbers(m.source) - numbers(m.text)]
    assert [m for m in wrong if not ("万" in m.text and re.search(r"mega|million", m.source))] == []


# --- What is loaded ---


@pytest.fixture
def japanese(settings: Settings, tmp_path: Path) -> Iterator[Path]:
    """Everything in Japanese, compiled from the present file. Other tests are not affected."""
    folder = tmp_path / "locale" / "ja" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    shutil.copy(SOURCE, folder)
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    call_command("compile_translations")
    with translation.override("ja"):
        yield folder / "django.mo"


def test_the_log_is_in_the_language_of_who_reads_it(japanese: Path, as_administrator: Client, alice: User) -> None:
    with translation.override("en"):
        as_administrator.post("/team/", {"emails": "dora@example.com", "role": "member", "days": 7})
        as_administrator.post(f"/team/people/{alice.pk}/role/", {"role": "viewer"})
    page = as_administrator.get("/team/log/", headers={"accept-language": "ja"}).content.decode()
    assert [words for words in ("dora@example.com: メンバー<", ">閲覧者<") if words not in page] == []


def test_a_range_is_written_as_japanese_writes_it(japanese: Path, as_administrator: Client) -> None:
    shown = pages(as_administrator, ["/", "/pricing/?model=gpt-image-1"])
    assert [
        words
        for words in ("0.66586～30.31603クレジット", "US$0.0098～US$0.446")
        if words not in shown["/pricing/?model=gpt-image-1"]
    ] == []
    assert [path for path, html in shown.items() if " – " in html or not re.search(r"\d～\d", html)] == []


def test_how_long_a_password_has_to_be(japanese: Path, as_alice: Client) -> None:
    """In our words. Django's translation says “最低8文字以上”."""

    def asked_for(language: str) -> str:
        new = {"oldpassword": "", "password1": "short", "password2": "short"}
        answer = as_alice.post("/accounts/password/change/", new, headers={"accept-language": language})
        return " ".join(Shown(answer.content.decode()).texts)

    assert "パスワードが短すぎます。8文字以上にしてください。" in asked_for("ja")
    assert "This password is too short. Use at least 8 characters." in asked_for("en")
    assert "最低" not in asked_for("ja")


def test_compiled_file_says_what_the_source_says(japanese: Path) -> None:
    with japanese.open("rb") as file:
        compiled = GNUTranslations(file)
    plurals = [m for m in messages() if m.source != m.plural]
    assert plurals
    assert [m for m in plurals if compiled.ngettext(m.source, m.plural, 2) != m.text] == []


# --- What the pages show ---


class Shown(HTMLParser):
    """What a page shows to its reader: its text, and the attributes that are read or shown. Code and text that is
    marked as English do not count."""

    VOID = {"meta", "link", "input", "img", "br", "hr", "wbr", "path", "rect", "source"}
    QUIET = {"script", "style", "code", "pre", "kbd", "svg"}
    SPOKEN = ("placeholder", "aria-label", "title", "alt")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        quiet = tag in self.QUIET or known.get("lang") == "en" or bool(self._open and self._open[-1][1])
        if not quiet:
            self.texts += [value for name, value in attrs if value and self._spoken(name, value)]
        if tag not in self.VOID:
            self._open.append((tag, quiet))

    def _spoken(self, name: str, value: str) -> bool:
        """Scripts announce the texts of data attributes. Attributes of a single word are switches."""
        return name in self.SPOKEN or (name.startswith("data-") and " " in value)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if text and not (self._open and self._open[-1][1]):
            self.texts.append(text)


ENGLISH = re.compile(r"[A-Za-z][a-z’']+(?:[ ,;]+[A-Za-z’'-]+){3,}")


def english(html: str) -> list[str]:
    """Our strings without a translation, and four or more English words in a row from anywhere else."""
    sources = {form for m in messages() for form in (m.source, m.plural)} - {m.text for m in messages()}
    return [text for text in Shown(html).texts if text in sources or ENGLISH.search(text)]


def addresses(resolver: URLResolver, before: str = "") -> Iterator[str]:
    """Every address without parameters, except Django's admin and the pages for developers."""
    for entry in resolver.url_patterns:
        if not isinstance(entry.pattern, RoutePattern) or "<" in str(entry.pattern):
            continue
        address = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            if address != "admin/":
                yield from addresses(entry, address)
        elif isinstance(entry, URLPattern) and address != "design/":
            yield f"/{address}"


def pages(client: Client, paths: list[str]) -> dict[str, str]:
    """The pages among these addresses."""
    found = {}
    for path in paths:
        answer = client.get(path, headers={"accept-language": "ja"})
        body = answer.getvalue()
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            found[path] = body.decode()
    return found


def links(htmls: Iterable[str]) -> set[str]:
    """The addresses within the studio to which these pages link."""
    found = {address for html in htmls for address in re.findall(r'href="(/[^"#?]*)', html)}
    return {address for address in found if not address.startswith(("/static/", "/admin/"))}


def every_state(owner: User) -> list[Generation]:
    """Generations in all states that a card can show."""
    now = timezone.now()
    rows = [make_generation(owner=owner, prompt="夕暮れの灯台") for _status in Status]
    queued, sending, accepted, drawing, cancelled, unknown, *failed = rows
    for row in (sending, accepted, drawing, unknown, *failed):
        row.mark_submitting(now, None)
    for row in (accepted, drawing):
        row.mark_accepted(f"task-unified-{row.pk}", now, now)
    drawing.mark_progress(Task(id=drawing.task_id, status="processing", progress=40), now, "longer_than_usual")
    cancelled.cancel(now)
    unknown.mark_unknown(now, now, "")
    for row, code in zip(failed, ("content_policy_violation", "unreachable", "model_refused"), strict=True):
        row.fail(code, "", now)
    queued.wait(now, "unreachable")
    return [*rows, make_saved(owner=owner, prompt="夕暮れの灯台", n=2)]


def test_no_english_is_left_on_any_page(japanese: Path, client: Client, administrator: User) -> None:
    paths = sorted(set(addresses(get_resolver())))
    open_to_all = pages(client, paths)
    make_key(owner=administrator, label="広報")
    rows = every_state(administrator)
    client.force_login(administrator)
    shown = pages(client, [*paths, *(f"/generations/{row.code}/" for row in rows)])
    shown |= pages(client, sorted(links(shown.values()) - set(shown)))
    assert {"/", "/gallery/", "/pricing/", "/docs/", "/help/", "/settings/"} <= set(shown)
    assert {"/accounts/login/", "/pricing/"} <= set(open_to_all)
    left = {path: english(html) for page in (open_to_all, shown) for path, html in page.items()}
    assert {path: texts for path, texts in left.items() if texts} == {}


@pytest.mark.parametrize("template", ERROR_PAGES, ids=lambda path: path.stem)
def test_error_pages_are_japanese(japanese: Path, template: Path) -> None:
    html = get_template(template.name).render()
    assert Shown(html).texts
    assert english(html) == []
