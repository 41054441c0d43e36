"""The API reference: it is complete for every model, and all of its examples run."""

import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation
from PIL import Image

from playground.evolink import MODELS, GenerationRequest, Model, get_model
from playground.evolink.client import API_URL, FILES_URL
from playground.evolink.validation import problems
from playground.guide import docs, scenarios
from playground.sandbox import Sandbox, paint_plain
from playground.sandbox.scenarios import KEY_SCENARIOS, SCENARIOS
from playground.sandbox.server import SandboxServer
from tests.html import Html
from tests.waits import seconds

RUNNERS = {".sh": shutil.which("sh"), ".py": sys.executable, ".mjs": shutil.which("node")}


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Sandbox, str]]:
    """A sandbox over HTTP, and its address."""
    sandbox = Sandbox(tmp_path / "served", seconds_per_image=0.0, paint=paint_plain)
    with SandboxServer(sandbox, "127.0.0.1", 0) as server:
        sandbox.world.exempt_origins = (server.base,)
        thread = threading.Thread(target=server.serve_forever, args=[0.02], daemon=True)
        thread.start()
        yield sandbox, server.base
        server.shutdown()
        thread.join()
    sandbox.close()


@dataclass
class Example:
    file: str
    text: str

    @property
    def runner(self) -> str | None:
        return RUNNERS[Path(self.file).suffix]

    def start(self, folder: Path, base: str) -> subprocess.Popen[str]:
        """Starts an example from the page, with the sandbox's address in place of EvoLink's."""
        folder.mkdir()
        Image.new("RGB", (64, 64), "teal").save(folder / "photo.png")
        Image.new("RGBA", (64, 64), (0, 0, 0, 0)).save(folder / "mask.png")
        (folder / self.file).write_text(self.text.replace(FILES_URL, base).replace(API_URL, base))
        environment = {"EVOLINK_API_KEY": "sk-examples", "PATH": "/usr/local/bin:/usr/bin:/bin", "NO_PROXY": "*"}
        assert self.runner
        return subprocess.Popen(
            [self.runner, self.file],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


def page(address: str) -> str:
    response = Client().get(address)
    assert response.status_code == 200
    return response.content.decode()


def examples(model: str) -> dict[str, Example]:
    """Every example on the page of a model, by its file name."""
    found = Html(page(f"/docs/?model={model}")).all("code[data-file]")
    return {code["data-file"]: Example(code["data-file"], code.source) for code in found}


def finish(running: dict[str, subprocess.Popen[str]]) -> dict[str, str]:
    """The output of each example. One that fails makes the test fail with its output."""
    written = {}
    for name, process in running.items():
        written[name], _ = process.communicate(timeout=seconds(120))
        assert process.returncode == 0, f"{name}: {written[name]}"
    return written


def test_each_language_is_run_or_said_to_be_skipped() -> None:
    assert set(RUNNERS) == {Path(file).suffix for file in ("generate.sh", "generate.py", "generate.mjs")}
    assert shutil.which("curl"), "curl is needed to run the cURL examples"
    if not shutil.which("node"):
        pytest.skip("no Node found: the JavaScript examples are not run")


# Only the body differs between models, and the rules check it below. The soak tests run all examples.
THOROUGH = [
    pytest.param(model, marks=[] if model in ("gpt-image-1", "gpt-image-2") else pytest.mark.soak) for model in MODELS
]


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS.keys())
def test_the_sample_request_is_one_that_evolink_takes(model: Model) -> None:
    assert problems(model, GenerationRequest(**docs.sample(model))) == ()


@pytest.mark.parametrize("model", THOROUGH)
def test_the_examples_draw_and_save_a_picture(
    db: None, served: tuple[Sandbox, str], tmp_path: Path, model: str
) -> None:
    sandbox, base = served
    chosen = [example for file, example in examples(model).items() if file.startswith("generate") and example.runner]
    finish({example.file: example.start(tmp_path / example.file, base) for example in chosen})
    expected = get_model(model).pixels(docs.sample(get_model(model))["size"])
    for example in chosen:
        [picture] = [path for path in (tmp_path / example.file).iterdir() if re.search(r"_0\.\w+$", path.name)]
        with Image.open(picture) as opened:
            assert opened.size == expected
    tasks = sandbox.task_log()
    assert len(tasks) == len(chosen)
    assert {(task.model, task.status) for task in tasks} == {(model, "completed")}


@pytest.mark.parametrize(("model", "masked"), [("gpt-image-2", True), ("gpt-image-1", False)])
def test_the_example_of_an_edit_uploads_what_the_model_takes(
    db: None, served: tuple[Sandbox, str], tmp_path: Path, model: str, masked: bool
) -> None:
    sandbox, base = served
    chosen = [example for file, example in examples(model).items() if file.startswith("edit") and example.runner]
    written = finish({example.file: example.start(tmp_path / example.file, base) for example in chosen})
    assert all("task-unified-" in text for text in written.values())
    tasks = sandbox.task_log()
    assert [task.status for task in tasks] == ["completed"] * len(chosen)
    for task in tasks:
        [photo] = task.image_urls
        assert photo.startswith(base)
        assert (task.mask_url or "").startswith(base) is masked
        assert photo != task.mask_url


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS.keys())
def test_the_examples_show_a_mask_to_the_models_that_take_one(db: None, model: Model) -> None:
    for file, example in examples(model.id).items():
        assert ("mask_url" in example.text) is (model.takes_mask and file.startswith("edit")), file


def test_the_example_of_the_credits_says_what_is_left(db: None, served: tuple[Sandbox, str], tmp_path: Path) -> None:
    _sandbox, base = served
    chosen = [e for file, e in examples("gpt-image-2").items() if file.startswith("credits") and e.runner]
    written = finish({example.file: example.start(tmp_path / example.file, base) for example in chosen})
    assert all(re.search(r"\d{5}", text) for text in written.values())


def test_an_example_with_a_wrong_key_ends_with_an_error(db: None, served: tuple[Sandbox, str], tmp_path: Path) -> None:
    running = {}
    for file, example in examples("gpt-image-1").items():
        if example.runner:
            example.text = example.text.replace("EVOLINK_API_KEY", "PATH")
            running[file] = example.start(tmp_path / file, served[1])
    for file, process in running.items():
        process.communicate(timeout=seconds(120))
        assert process.returncode != 0, file


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS.keys())
def test_every_parameter_of_the_catalogue_is_on_the_page(db: None, model: Model) -> None:
    reference = Html(page(f"/docs/?model={model.id}"))
    parts = reference.all("[id^=parameter-]")
    assert [part["id"] for part in parts] == [f"parameter-{parameter.name}" for parameter in model.parameters]
    for parameter in model.parameters:
        part = reference.one(f".parameter:is(#parameter-{parameter.name}, :has(#parameter-{parameter.name}))")
        for value in parameter.choices:
            assert value in part.text
    for size in model.sizes:
        assert size.value in reference.texts("code")
        for resolution in model.resolutions or (None,):
            assert "{} × {}".format(*size.at(resolution)) in reference.text


def test_everybody_may_read_it_and_the_contents_lead_somewhere(db: None) -> None:
    for address in ("/docs/", "/docs/scenarios/"):
        reference = Html(page(address))
        targets = reference.values("nav.contents a[href^='#']", "href")
        assert len(targets) > 5
        for target in targets:
            assert target in reference


def test_a_shut_down_model_is_said_to_be_so(db: None) -> None:
    assert "OpenAI shut GPT Image 1 down on Oct. 23, 2026" in page("/docs/?model=gpt-image-1")
    assert "OpenAI shut" not in page("/docs/?model=gpt-image-2")


def test_what_may_have_been_accepted_is_not_sent_again_blindly() -> None:
    again = {row.status: row.again for row in docs.refusals("submit")}
    assert (again[400], again[429], again[503]) == (docs.AGAIN["no"], docs.AGAIN["yes"], docs.AGAIN["yes"])
    assert again[500] == again[502] == again[504] == docs.AGAIN["look"]
    read = {row.status: row.again for row in docs.refusals("read")}
    assert (read[401], read[404], read[502]) == (docs.AGAIN["no"], docs.AGAIN["soon"], docs.AGAIN["yes"])


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_scenario_is_listed_once_with_its_words(language: str) -> None:
    with translation.override(language):
        rows = [row for group in scenarios.groups() for row in group.rows]
    expected = [scenario.spelling for scenario in (*SCENARIOS.values(), *KEY_SCENARIOS.values())]
    assert sorted(spelling for row in rows for spelling in row.spellings) == sorted(expected)
    assert all(str(row.words) for row in rows)


def test_suggested_rehearsals_fill_the_prompt_and_send_nothing(as_alice: Client) -> None:
    address = Html(as_alice.get("/docs/scenarios/")).all("[href^='/?prompt=']")[0]["href"]
    studio = Html(as_alice.get(address))
    assert studio.one("textarea[name=prompt]").text == scenarios.FIRST[0].prompt
    assert ".task-card" not in studio
