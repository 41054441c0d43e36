"""What a page holds, found by CSS selectors: its blanks, and how its attributes are written, do not matter."""

from django.http import HttpResponse
from selectolax.lexbor import LexborHTMLParser, LexborNode


class Html:
    """A page, a fragment, or an element of one."""

    def __init__(self, source: HttpResponse | str | LexborNode) -> None:
        if not isinstance(source, LexborNode):
            text = source if isinstance(source, str) else source.content.decode()
            root = LexborHTMLParser(text).root
            assert root is not None, "there is nothing in it"
            source = root
        self._node = source

    def all(self, selector: str) -> list["Html"]:
        return [Html(node) for node in self._node.css(selector)]

    def one(self, selector: str) -> "Html":
        """The only one there is."""
        found = self.all(selector)
        assert len(found) == 1, f"{len(found)} elements are {selector}"
        return found[0]

    def __contains__(self, selector: str) -> bool:
        return self._node.css_first(selector) is not None

    def __getitem__(self, attribute: str) -> str:
        """An attribute; empty if it has no value. Raises `KeyError` without it."""
        return self._node.attributes[attribute] or ""

    def values(self, selector: str, attribute: str) -> list[str]:
        return [element[attribute] for element in self.all(selector)]

    def texts(self, selector: str) -> list[str]:
        return [element.text for element in self.all(selector)]

    @property
    def text(self) -> str:
        """Its words as they stand there, with one blank where there are any."""
        return " ".join(self._node.text().split())

    @property
    def words(self) -> str:
        """The same, with a blank between any two elements: cells and lines that style alone keeps apart."""
        return " ".join(self._node.text(separator=" ").split())

    @property
    def source(self) -> str:
        """Its text with every blank and line, as in an example of code."""
        return self._node.text()
