"""Docstrings as Markdown: the library's hold Sphinx's roles and equations."""

from __future__ import annotations

import re
from typing import Any

from griffe import Extension, Object

ROLE = re.compile(r":(?:class|func|meth|mod|data|attr|exc|math):`~?([^`]+)`")
CODE = re.compile(r"(?<!`)``(?!`)([^`]+)``(?!`)")
EQUATION = re.compile(r"^\.\. math::[ \t]*(.*)\n((?:[ \t]*\n|[ \t]+.*(?:\n|\Z))*)", re.MULTILINE)


class Roles(Extension):
    """Rewrite the docstring of every object."""

    def on_object(self, *, obj: Object, **_: Any) -> None:
        """Rewrite one docstring."""
        if obj.docstring:
            obj.docstring.value = markdown(obj.docstring.value)


def markdown(text: str) -> str:
    r"""Turn roles into code, and equations into blocks of TeX."""
    text = EQUATION.sub(_block, text)
    return CODE.sub(r"`\1`", ROLE.sub(r"`\1`", text))


def _block(found: re.Match[str]) -> str:
    lines = [found[1], *found[2].splitlines()]
    tex = "\n".join(line.strip() for line in lines if line.strip())
    return f"```tex\n{tex}\n```\n\n"
