"""A page of HTML as a tree, for tests that look into one without a browser."""

from collections.abc import Iterator
from html.parser import HTMLParser
from xml.etree.ElementTree import Element, TreeBuilder

VOID = frozenset(("meta", "img", "input", "br", "path", "circle", "rect", "link", "hr"))
INLINE = frozenset(
    ("a", "abbr", "b", "bdi", "code", "dfn", "em", "i", "small", "span", "strong", "sub", "sup")
)
"""Elements whose text goes on in that of the element around them."""

UNSEEN = frozenset(("script", "style"))


class _Builder(HTMLParser):
    """Builds the tree; fails where tags do not match."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tree, self.open = TreeBuilder(), ["page"]
        self.tree.start("page", {})
        self.feed(html)
        self.close()
        assert self.open == ["page"], self.open
        self.tree.end("page")

    def handle_starttag(self, tag, attrs):
        self.tree.start(tag, {name: value or "" for name, value in attrs})
        self.open.append(tag)
        if tag in VOID:
            self.handle_endtag(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, (tag, self.open)
        self.tree.end(tag)

    def handle_data(self, data):
        self.tree.data(data)


def parse(html: str) -> Element:
    """Tree of a page, or of a part of one, under an element `page`."""
    return _Builder(html).tree.close()


def text_of(element: Element, without: frozenset[Element] | set[Element] = frozenset()) -> str:
    """Text as it is read, a line for each block; elements of `without` are passed over."""
    return "".join(_pieces(element, without))


def _pieces(element: Element, without: frozenset[Element] | set[Element]) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        edge = "" if child.tag in INLINE else "\n"
        yield edge
        if child.tag not in UNSEEN and child not in without:
            yield from _pieces(child, without)
        yield edge
        yield child.tail or ""


def part(html: str, section: str) -> str:
    """HTML of one section of a page."""
    start = html.index(f'<section id="{section}"')
    return html[start : html.index("</section>", start) + len("</section>")]


class Page:
    """What tests ask of a page: its elements, text, rows and tables."""

    def __init__(self, html: str) -> None:
        self.root = parse(html)

    @property
    def elements(self) -> list[tuple[str, dict[str, str]]]:
        """Tag and attributes of every element, in order."""
        return [(element.tag, element.attrib) for element in self.root.iter()][1:]

    def all(self, tag: str) -> list[dict[str, str]]:
        """Attributes of every element of that tag."""
        return [element.attrib for element in self.root.iter(tag)]

    @property
    def text(self) -> str:
        """All text, that of scripts too."""
        return "".join(self.root.itertext())

    @property
    def rows(self) -> list[tuple[dict[str, str], list[tuple[str, str | None]]]]:
        """Attributes of each row of any table, and text and exact value of its cells."""
        return [_row(row) for row in self.root.iter("tr")]

    @property
    def tables(self) -> list[tuple[str | None, list[tuple[dict[str, str], list]]]]:
        """Id, or else class, of each table, and its rows."""
        return [
            (table.get("id") or table.get("class"), [_row(row) for row in table.iter("tr")])
            for table in self.root.iter("table")
        ]

    def named(self, name: str) -> list[list[tuple[dict[str, str], list]]]:
        """Rows of each table of that name."""
        return [rows for found, rows in self.tables if found == name]


def _row(row: Element) -> tuple[dict[str, str], list[tuple[str, str | None]]]:
    return row.attrib, [("".join(cell.itertext()), cell.get("data-value")) for cell in cells(row)]


def cells(row: Element) -> list[Element]:
    """Cells of a row, heads of it among them."""
    return [cell for cell in row if cell.tag in ("td", "th")]
