"""Write the page: ``python -m knowledge_page OUT``."""

from __future__ import annotations

import sys
from pathlib import Path

import jinja2
from markupsafe import Markup

from knowledge_page.data import collect, dump
from tryptome import __version__
from tryptome.atomic import write_text
from tryptome.knowledge import KnowledgeBase, load
from tryptome.report import page

HERE = Path(__file__).parent


def main(output: str) -> None:
    """Write the page of the knowledge base that ships into ``output``."""
    Path(output).parent.mkdir(parents=True, exist_ok=True)
    write_text(output, render(load()))


def render(knowledge: KnowledgeBase) -> str:
    """Render the page.

    Parameters
    ----------
    knowledge : KnowledgeBase

    Returns
    -------
    str
        HTML whose policy lets nothing run or load but its own style and script.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    style = page.static("style.css") + page.static("page.css", HERE)
    script = page.static("search.js", HERE)
    return environment.get_template("page.html.jinja").render(
        style=style,
        script=script,
        style_digest=page.digest(style),
        script_digest=page.digest(script),
        version=__version__,
        knowledge=knowledge,
        species=len(knowledge.species),
        genera=knowledge.species["gtdb_genus"].nunique(),
        data=Markup(dump(collect(knowledge))),
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
