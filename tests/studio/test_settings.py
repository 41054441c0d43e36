"""The settings of a request are defined only in the catalogue: a new one there is in the form, the row and the
exports."""

import ast
import json
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from playground.evolink import MODELS, GenerationRequest, Model, catalogue
from playground.evolink.catalogue import CATALOGUE, known_parameters
from playground.evolink.successors import put_to
from playground.evolink.types import CONTENT, SETTINGS
from playground.models import Generation, Status, labels
from playground.models.request_values import kept
from playground.sandbox.api.parsing import read_generation
from playground.sandbox.replies import Refusal
from playground.showing.export import zip_of

FORM = {"request_id": "one", "prompt": "A lighthouse", "model": "painter-9", "size": "1:1", "quality": "low", "n": "1"}
PAINTER = """
[models.painter-9]
extends = "gpt-image-2"
name = "Painter 9"
[models.painter-9.choices]
output_format = ["png", "webp"]
varnish = ["matt", "glossy", "none_at_all"]
"""


@pytest.fixture
def painter(monkeypatch: pytest.MonkeyPatch) -> Model:
    """A model with a new setting. Only the catalogue has it."""
    models, _rates = catalogue.read(CATALOGUE.read_text() + PAINTER)
    monkeypatch.setitem(catalogue._models, "painter-9", models["painter-9"])
    return models["painter-9"]


def chosen(page: str, name: str) -> str:
    found = re.search(rf'<input type="radio" name="{name}" value="([^"]*)"[^>]* checked', page)
    return found[1] if found else ""


# --- A parameter that only the catalogue knows --------------------------------------------------------------------


@pytest.mark.django_db
def test_it_is_in_the_form_of_its_model_alone(painter: Model, as_alice: Client) -> None:
    page = as_alice.get("/studio/settings/", {"model": "painter-9"}).content.decode()
    assert re.findall(r'name="varnish" value="([^"]*)"', page) == ["matt", "glossy", "none_at_all"]
    assert chosen(page, "varnish") == "matt"
    assert 'name="background"' not in page
    assert "varnish" not in as_alice.get("/studio/settings/", {"model": "gpt-image-2"}).content.decode()


@pytest.mark.django_db(transaction=True)
def test_it_goes_to_evolink_and_comes_back_in_every_place(
    painter: Model, alice: User, as_alice: Client, run_worker: Callable[[], None]
) -> None:
    assert as_alice.post("/generations/", FORM | {"varnish": "glossy"}).status_code == 302
    run_worker()
    row = Generation.objects.get()
    assert row.status == Status.COMPLETED
    sent = json.loads(row.attempts.get().request)
    assert (sent["model"], sent["varnish"], sent["size"]) == ("painter-9", "glossy", "1:1")

    page = as_alice.get(f"/generations/{row.code}/").content.decode()
    assert re.search(r"varnish</(?:dt|th)>\s*<(?:dd|td)[^>]*>\s*glossy", page)
    assert "&quot;varnish&quot;: &quot;glossy&quot;" in page
    assert chosen(as_alice.get("/", {"from": row.code}).content.decode(), "varnish") == "glossy"
    as_alice.post(f"/generations/{row.code}/again/", {"request_id": "two"})
    again = Generation.objects.exclude(pk=row.pk).get()
    assert again.as_request() == row.as_request()
    assert put_to(MODELS["gpt-image-2"], row.as_request()).to_json().get("varnish") is None
    archive = b"".join(zip_of([image.pk for image in row.images.all()]))
    assert b'"varnish": "glossy"' in archive


@pytest.mark.django_db
def test_drafts_and_defaults_keep_it(painter: Model, alice: User, as_alice: Client) -> None:
    as_alice.cookies["draft"] = quote(f"user={alice.pk}&model=painter-9&varnish=glossy")
    assert chosen(as_alice.get("/").content.decode(), "varnish") == "glossy"
    as_alice.post("/settings/defaults/", FORM | {"varnish": "none_at_all"})
    alice.refresh_from_db()
    assert alice.defaults == {"model": "painter-9", "size": "1:1", "quality": "low", "n": "1", "varnish": "none_at_all"}
    assert chosen(as_alice.get("/").content.decode(), "varnish") == "none_at_all"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"varnish": "sticky"}, "This model does not offer that."),
        ({"model": "gpt-image-2", "varnish": "matt"}, "This model does not take this setting."),
        ({"background": "opaque"}, "This model does not take this setting."),
    ],
)
def test_what_the_model_does_not_take_is_refused(
    painter: Model, as_alice: Client, values: dict[str, str], sentence: str
) -> None:
    answer = as_alice.post("/generations/", FORM | values)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Generation.objects.exists()


def test_the_sandbox_refuses_it_as_it_refuses_the_others(painter: Model) -> None:
    body = {"model": "painter-9", "prompt": "A lighthouse", "varnish": "glossy"}
    request = read_generation(body, painter, exempt=lambda _url: False)
    assert request.to_json() == body | {"n": 1}
    for wrong in ({"varnish": "sticky"}, {"varnish": 3}):
        with pytest.raises(Refusal):
            read_generation(body | wrong, painter, exempt=lambda _url: False)
    with pytest.raises(Refusal):
        read_generation(body | {"model": "gpt-image-2"}, MODELS["gpt-image-2"], exempt=lambda _url: False)


@pytest.mark.django_db
def test_it_is_in_the_reference_with_its_values_and_in_the_code(painter: Model, client: Client) -> None:
    page = client.get("/docs/", {"model": "painter-9"}).content.decode()
    assert re.search(r"<code[^>]*>varnish</code>", page)
    for value in ("matt", "glossy", "none_at_all"):
        assert re.search(rf"<code[^>]*>{value}</code>", page)
    assert "&quot;varnish&quot;: &quot;matt&quot;" in page
    assert "varnish" not in client.get("/docs/", {"model": "gpt-image-2"}).content.decode()


# --- The home ------------------------------------------------------------------------------------------------------


def test_a_request_is_made_from_its_values_and_gives_them_back() -> None:
    request = GenerationRequest.from_values(
        {"model": "m", "prompt": "p", "size": None, "image_urls": ["https://a/1.png"], "varnish": "matt"}
    )
    assert request.settings() == dict.fromkeys(SETTINGS) | {"model": "m", "n": 1, "varnish": "matt"}
    assert request.to_json() == {
        "model": "m",
        "prompt": "p",
        "n": 1,
        "image_urls": ["https://a/1.png"],
        "varnish": "matt",
    }
    assert GenerationRequest.from_values(request.values()) == request
    assert GenerationRequest.from_values(request.to_json()) == request


def test_every_setting_has_its_place_and_its_words() -> None:
    known = known_parameters()
    assert set(SETTINGS) <= {field.name for field in Generation._meta.get_fields()}
    assert {name for name, parameter in known.items() if parameter.is_setting} == set(SETTINGS)
    assert known.keys() - CONTENT == set(SETTINGS)
    assert known.keys() <= labels.PARAMETERS.keys()
    for model in MODELS.values():
        for name in model.choices:
            assert set(model.choices[name]) <= labels.OTHERS.keys()


def test_the_catalogues_parameter_says_what_the_model_takes() -> None:
    taken = {parameter.name: parameter for parameter in MODELS["gpt-image-2"].settings}
    assert [value for value in ("1", "10", 3) if taken["n"].accepts(value)] == ["1", "10", 3]
    assert not any(taken["n"].accepts(value) for value in ("0", "11", "", "-1", "１", "1.5", "9" * 5000, None))
    assert all(taken["size"].accepts(value) for value in ("auto", "16:9", "1280x720", "1280×720"))
    assert not any(taken["size"].accepts(value) for value in ("1281x720", "own", "", "1x1", "9999999x16"))
    assert all(MODELS[name].settings[0].accepts(name) for name in MODELS)


def test_what_a_model_takes_is_kept_in_todays_form() -> None:
    values = {"model": "gpt-image-2", "size": "own", "width": "1280", "height": "720", "n": "11", "quality": "low"}
    assert kept(values) == {"model": "gpt-image-2", "size": "1280x720", "quality": "low"}
    assert kept(values | {"model": "gpt-image-1", "background": "opaque"}) == {"model": "gpt-image-1", "quality": "low"}
    assert kept({"quality": "high", "n": "2"}) == {"quality": "high", "n": "2"}


# Lists outside the catalogue that may stay: words by name, which need not be complete, and filters, which are only some
# of the settings.
NOT_ALL_OF_THEM = {
    "playground/models/labels.py": "words",
    "playground/guide/parameters.py": "words",
    "playground/showing/gallery.py": "filters",
    "playground/studio/forms.py": "the row below the prompt",
}
HOME = ("playground/evolink/types.py", "playground/evolink/parameters.py")


def named(node: ast.AST) -> set[str]:
    """The settings that a list, a dictionary, a call or a class of the source code names by hand."""
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        names = {item.value for item in node.elts if isinstance(item, ast.Constant)}
    elif isinstance(node, ast.Dict):
        names = {key.value for key in node.keys if isinstance(key, ast.Constant)}
    else:
        return set()
    return names & set(SETTINGS)


def enumerations(path: Path) -> list[int]:
    """The lines of a file with three or more settings in one collection, or five in one call."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    lines = [node.lineno for node in ast.walk(tree) if len(named(node)) >= 3 and isinstance(node, ast.expr)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and len({word.arg for word in node.keywords} & set(SETTINGS)) >= 5:
            lines.append(node.lineno)
    return lines


def test_nobody_enumerates_the_settings_by_hand() -> None:
    found = {}
    for path in sorted([*settings.BASE_DIR.glob("playground/**/*.py"), *settings.BASE_DIR.glob("accounts/**/*.py")]):
        name = path.relative_to(settings.BASE_DIR).as_posix()
        if "migrations" not in path.parts and name not in HOME and name not in NOT_ALL_OF_THEM:
            found[name] = enumerations(path)
    assert {name: lines for name, lines in found.items() if lines} == {}
    assert all(enumerations(settings.BASE_DIR / name) for name in NOT_ALL_OF_THEM)


def test_an_enumeration_would_be_found(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text(
        'NAMES = ("model", "prompt", "size", "n")\n'
        'table = {"quality": 1, "background": 2, "output_format": 3}\n'
        "make(model=1, size=2, quality=3, n=4, resolution=5)\n"
        'fine = ["model", "size"], make(model=1, size=2, quality=3)\n'
    )
    assert enumerations(tmp_path / "one.py") == [1, 2, 3]
