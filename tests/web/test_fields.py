"""Every control of every page and its forms has a name. If it is invalid, the error is beside it, and screen readers
read both."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urljoin

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.test.html import Element, parse_html

from tests.access import LINES
from tests.web import test_access
from tests.web.test_access import World

pytestmark = pytest.mark.django_db
world_of_alice = test_access.world_of_alice

NO_CONTROL = ("hidden", "submit", "button", "image", "reset")
# Too long, and not a number, a date or one of the choices.
NONSENSE = "x" * 3000


# Controls that no Django form draws, and why. All others come from `templates/forms/`.
BY_HAND = {
    "_address.html": "shows an address to copy; nothing is filled in",
    "_shortcuts.html": "is kept in the browser alone",
    "playground/_picture.html": "selects a picture for a form that stands elsewhere",
    "playground/_reference_items.html": "one for each reference image, as many as there are",
    "playground/_scenario.html": "gets its choices when somebody opens it",
    "playground/_references_field.html": "takes files, which are uploaded before the form is sent",
    "playground/compare.html": "moves the edge between two pictures; nothing is sent",
    "playground/docs/_code.html": "chooses the language of an example; nothing is sent",
}


@dataclass
class Node:
    """An element of a page, and the elements around it."""

    element: Element
    above: tuple["Node", ...]

    @property
    def name(self) -> str:
        return str(self.element.name)

    @cached_property
    def attributes(self) -> dict[str, str]:
        return {name: value or "" for name, value in self.element.attributes}

    def __getitem__(self, attribute: str) -> str:
        return self.attributes.get(attribute, "")

    @property
    def text(self) -> str:
        return " ".join(piece for node in self.below() for piece in node.own_text()).strip()

    def own_text(self) -> Iterator[str]:
        return (child for child in self.element.children if isinstance(child, str))

    def below(self) -> Iterator["Node"]:
        yield self
        for child in self.element.children:
            if isinstance(child, Element):
                yield from Node(child, (*self.above, self)).below()

    @property
    def is_control(self) -> bool:
        return self.name in ("select", "textarea") or (self.name == "input" and self["type"] not in NO_CONTROL)

    @property
    def is_restored(self) -> bool:
        """Whether a browser may give a hidden field the value that a script once wrote into it. No script changes
        Django's token."""
        hidden = self.name == "input" and self["type"] == "hidden" and self["name"] != "csrfmiddlewaretoken"
        return hidden and self["autocomplete"] != "off"

    def __str__(self) -> str:
        return f"<{self.name} {self['type']} name={self['name']} id={self['id']}>"


@dataclass
class Page:
    """The elements of a response, in order."""

    address: str
    nodes: list[Node] = field(default_factory=list)

    @classmethod
    def of(cls, address: str, answer: Any) -> "Page":
        page = cls(address)
        if answer.get("Content-Type", "").startswith("text/html") and not answer.streaming and answer.content:
            root = Element("", ())
            root.append(parse_html(answer.content.decode()))
            page.nodes = list(Node(root, ()).below())
        return page

    @cached_property
    def by_id(self) -> dict[str, Node]:
        return {node["id"]: node for node in self.nodes if node["id"]}

    @cached_property
    def labels(self) -> list[Node]:
        return [node for node in self.nodes if node.name == "label"]

    @cached_property
    def controls(self) -> list[Node]:
        return [node for node in self.nodes if node.is_control]

    @property
    def forms(self) -> Iterator[tuple[Node, list[Node]]]:
        """The forms with something to fill in, and their fields, also hidden ones."""
        for form in self.nodes:
            if form.name == "form":
                inputs = [node for node in form.below() if node.name in ("input", "select", "textarea")]
                if any(node.is_control for node in inputs):
                    yield form, inputs

    def said(self, ids: str) -> str:
        """The text of the elements with these ids. For a missing id the text says so."""
        there = {one: self.by_id.get(one) for one in ids.split()}
        return " ".join(node.text if node else f"nothing has the id {one}" for one, node in there.items())

    def name_of(self, control: Node) -> str:
        """The name that a screen reader reads."""
        around = [node.text for node in control.above if node.name == "label"]
        labels = [node.text for node in self.labels if node["for"] and node["for"] == control["id"]]
        return " ".join([*around, *labels, control["aria-label"], self.said(control["aria-labelledby"])]).strip()


def wrong_with(page: Page) -> list[str]:
    """Controls without a name, duplicate ids, hidden fields that keep old values, and missing descriptions."""
    ids = [node["id"] for node in page.nodes if node["id"]]
    wrong = [f"{control} has no name" for control in page.controls if not page.name_of(control)]
    wrong += [f"the id {one} is there {ids.count(one)} times" for one in sorted(set(ids)) if ids.count(one) > 1]
    wrong += [f"a browser may fill an old value into {node}" for node in page.nodes if node.is_restored]
    for node in page.nodes:
        described = page.said(node["aria-describedby"])
        if "nothing has the id" in described:
            wrong.append(f"{node}: {described}")
    return [f"{page.address}: {one}" for one in wrong]


def untied(page: Page) -> list[str]:
    """Invalid controls whose description has no error, and errors of fields that describe no control."""
    errors = {node["id"]: node for node in page.nodes if node["class"] == "error" and node["id"]}
    tied: set[str] = set()
    wrong = []
    for node in page.nodes:
        ids = set(node["aria-describedby"].split()) & set(errors)
        tied |= ids
        if node["aria-invalid"] == "true" and not any(errors[one].text for one in ids):
            wrong.append(f"{node} is invalid, and no error is read out with it")
    shown = [one for one in errors if one not in tied and one.endswith("_error")]
    return [f"{page.address}: {one}" for one in [*wrong, *(f"{one} belongs to no control" for one in shown)]]


def undone(client: Client, method: str, address: str, data: dict[str, Any] | None = None) -> Page:
    """The page of the response. All changes of the request are undone."""
    with transaction.atomic():
        answer = getattr(client, method)(address, data)
        page = Page.of(address, answer)
        for close in answer._resource_closers:  # not `close()`, which ends the database connection too
            close()
        transaction.set_rollback(True)
    return page


def pages(world: World) -> Iterator[tuple[Client, Page]]:
    """Every page as its owner sees it, and the pages that only administrators or people without a session see."""
    for route, line in LINES.items():
        readers = line.get.people if line.get else ()
        for person in ("owner", "administrator", "anonymous"):
            if person in readers and (person != "administrator" or "owner" not in readers):
                client = world.client(person)
                yield client, undone(client, "get", world.address(person, route) + line.query.format(**world.private))


def emptied(fields: list[Node]) -> dict[str, str]:
    """The form with all typed fields empty."""
    values = {}
    for node in fields:
        if node["type"] in ("radio", "checkbox"):
            values |= {node["name"]: node["value"]} if "checked" in node.attributes else {}
        elif node.name == "select":
            options = [option for option in node.below() if option.name == "option"]
            chosen = [option for option in options if "selected" in option.attributes] or options
            values[node["name"]] = chosen[0]["value"]
        elif node["type"] != "file":
            values[node["name"]] = "" if node.is_control else node["value"]
    return values


def overfilled(fields: list[Node]) -> dict[str, str]:
    """The form with nonsense in everything that a person types or chooses."""
    return {node["name"]: NONSENSE if node.is_control else node["value"] for node in fields if node["type"] != "file"}


def test_every_control_has_a_name_and_reads_out_what_is_wrong_with_it(world_of_alice: World) -> None:
    wrong: list[str] = []
    forms: set[tuple[str, ...]] = set()
    invalid: set[tuple[str, str]] = set()
    for client, page in pages(world_of_alice):
        wrong += wrong_with(page)
        for form, fields in page.forms:
            same = (form["action"] or page.address, *sorted(node["name"] for node in fields))
            if same in forms:
                continue
            forms.add(same)
            for values in (emptied(fields), overfilled(fields)):
                answer = undone(client, form["method"] or "get", urljoin(page.address, form["action"]), values)
                wrong += wrong_with(answer) + untied(answer)
                invalid |= {(answer.address, str(node)) for node in answer.nodes if node["aria-invalid"] == "true"}
    assert wrong == []
    assert len(forms) > 15
    assert len(invalid) > 20


def test_no_other_control_is_written_by_hand() -> None:
    folder = settings.BASE_DIR / "templates"
    pages = {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.html")}
    visible = re.compile(r"<(select|textarea|input(?![^>]*type=\"hidden\"))\b")
    assert {name for name, html in pages.items() if visible.search(html)} == set(BY_HAND)
