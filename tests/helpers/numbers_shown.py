"""Numbers as a reader meets them: each stands for all that rounds to it, and each has a source.

A test claims the text of elements by naming the values that it must show, in their order. What
is left unclaimed on a sheet is a number that nobody vouches for.
"""

import math
import re
from collections.abc import Iterable, Iterator
from random import Random
from xml.etree.ElementTree import Element

from html_page import cells, parse, text_of

NUMBER = re.compile(r"([<>]\s?|over (?=100 ))?(?<![\w.,])([−+]?\d[\d,]*(?:\.\d+)?)(?!\w)(\s?%)?")
BOUNDS = (0.001, 0.0001, 0.999, 100)
"""All that may stand after a sign of less or more: no other bound is ever written."""

BOTH_ENDS = re.compile(r"([−+]?[\d.,]+) to ([<>−+]?[\d.,]+)(\s?%)")
NOTED = {"2", "taxa", "taxon", *"abcdefgh"}
"""All that stands below or above a line: base of a logarithm, a square, an index, a mark."""

SEEN = ("title", "alt", "aria-label", "data-value")
"""Attributes that are read out, shown when pointed at, or sorted by."""


def numbers(text: str) -> list[tuple[float, float]]:
    """Least and most that each number of a text can stand for."""
    found = []
    # One sign stands for both ends.
    for bound, digits, percent in NUMBER.findall(BOTH_ENDS.sub(r"\1\3 to \2\3", text)):
        plain = digits.replace("−", "-").replace("+", "").replace(",", "")
        scale = 100 if percent else 1
        value, half = float(plain) / scale, 0.5001 * 10 ** -len(plain.partition(".")[2]) / scale
        assert not bound or any(math.isclose(value, known) for known in BOUNDS), text
        low = -math.inf if bound.startswith("<") else value - half
        high = math.inf if bound.startswith((">", "over")) else value + half
        found.append((low, high))
    return found


def agrees(text: str, *expected: object) -> None:
    """Fail unless a text holds these numbers, in this order, and no more."""
    shown, wanted = numbers(text), [float(value) for value in expected]
    assert len(shown) == len(wanted), (text, wanted)
    for (low, high), value in zip(shown, wanted, strict=True):
        assert low <= value <= high, (text, wanted)


TEXT = re.compile(rf'>[^<]+<|(?:{"|".join(SEEN)})="[^"]*"')
NEVER_SEEN = re.compile(r"(?s)<script.*?</script>|<style.*?</style>")
IN_HTML = re.compile(r"(?<![\w.,#])\d[\d,]*(?:\.\d+)?(?!\w)")
"""Numbers of HTML itself, found by other means than those of the accounts."""


def changed(html: str, chance: Random, count: int) -> Iterator[str]:
    """Copies of a page's part, in each of which one digit of one number is another."""
    spots = [
        text.start() + number.start()
        for text in TEXT.finditer(NEVER_SEEN.sub(_blank, html))
        for number in IN_HTML.finditer(text[0])
    ]
    for spot in chance.sample(spots, min(count, len(spots))):
        digits = IN_HTML.match(html, spot)[0]
        place = chance.choice([n for n, digit in enumerate(digits[:6]) if digit.isdigit()])
        other = chance.choice([d for d in "0123456789" if d != digits[place]])
        yield html[: spot + place] + other + html[spot + place + 1 :]


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


class Sheet:
    """A part of a page whose every number is to be claimed.

    Parameters
    ----------
    html : str
        The part.
    constants : iterable of str
        Phrases whose numbers come from no cell of a file, names among them.
    """

    def __init__(self, html: str, constants: Iterable[str]) -> None:
        self.root = parse(html)
        longest_first = sorted(constants, key=len, reverse=True)
        self._known = re.compile("|".join(re.escape(phrase) for phrase in longest_first) or r"(?!)")
        self.claimed: set[Element] = set()
        self.told: set[tuple[Element, str]] = set()

    def without_constants(self, text: str) -> str:
        """A text on one line, in which every phrase that is known is a dash."""
        return self._known.sub("–", " ".join(text.split()))

    def says(self, element: Element, *values: object, exactly: object = None) -> None:
        """Claim an element: its text shows these values, its exact value is the first of them."""
        self.agrees(text_of(element, self.claimed), *values)
        self.claimed.update(element.iter())
        if "data-value" in element.attrib:
            exact = values[0] if exactly is None else exactly
            self.exactly(element, exact)

    def agrees(self, text: str, *values: object) -> None:
        """Fail unless a text that stands in no element shows these values."""
        agrees(self.without_constants(text), *values)

    def exactly(self, element: Element, value: object) -> None:
        """Claim the exact value of an element, which rows are sorted by."""
        shown = float(element.attrib["data-value"])
        assert math.isclose(shown, float(value), rel_tol=1e-10, abs_tol=1e-12), (shown, value)
        self.told.add((element, "data-value"))

    def tells(self, element: Element, attribute: str, *values: object) -> None:
        """Claim what an attribute says."""
        self.agrees(element.attrib[attribute], *values)
        self.told.add((element, attribute))

    def reads(self, element: Element, text: str) -> None:
        """Claim an element whose text is this one."""
        shown = " ".join(text_of(element, self.claimed).split())
        assert shown == " ".join(text.split()), (shown, text)
        self.claimed.update(element.iter())

    def one(self, path: str) -> Element:
        """The only element at a path of ElementTree's."""
        (found,) = self.root.findall(f".//{path}")
        return found

    def named(self, anchor: str) -> Element:
        """The element of an id."""
        return self.one(f"*[@id='{anchor}']")

    def body(self, table: Element) -> list[tuple[dict[str, str], list[Element]]]:
        """Rows below the head of a table: attributes and cells."""
        return [(row.attrib, cells(row)) for part in table.iter("tbody") for row in part]

    def classed(self, name: str) -> list[list[tuple[dict[str, str], list[Element]]]]:
        """Bodies of the tables of a class."""
        return [self.body(table) for table in self.root.findall(f".//table[@class='{name}']")]

    def left(self) -> list[str]:
        """Every number that nobody claimed, with what stands around it."""
        return [around for text in self._unclaimed() for around in _around(text)]

    def _unclaimed(self) -> Iterator[str]:
        yield self.without_constants(text_of(self.root, self.claimed))
        for element in self.root.iter():
            if element.tag in ("sub", "sup") and text_of(element) not in NOTED:
                yield f"{text_of(element)} ({element.tag})"
            for name in SEEN:
                if name in element.attrib and (element, name) not in self.told:
                    yield self.without_constants(element.attrib[name])


def _around(text: str) -> list[str]:
    return [text[max(0, found.start() - 60) : found.end() + 40] for found in NUMBER.finditer(text)]
