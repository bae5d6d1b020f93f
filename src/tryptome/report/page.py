"""The HTML page: templates, style and script, with nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from tryptome.report import wording
from tryptome.report.charts.bundle import bundle

if TYPE_CHECKING:
    import jinja2

TEMPLATES = Path(__file__).with_name("templates")

SECTIONS = (
    ("answer", "Answer"),
    ("groups", "Groups"),
    ("contrasts", "Contrasts"),
    ("capabilities", "Capabilities"),
    ("scenario", "Scenario"),
    ("further", "Also estimated"),
    ("taxa", "Taxa"),
    ("accounting", "Accounting"),
    ("accuracy", "Accuracy"),
    ("measured", "Measured here"),
    ("sensitivity", "Sensitivity"),
    ("community", "Community"),
    ("explore", "Explore"),
    ("samples", "Samples"),
    ("evidence", "Evidence"),
    ("methods", "Methods"),
    ("limits", "Limits"),
)
"""Anchor and title of each section, in order. A section has the template of its name, and what it
shows, where it needs an object of its own, is in the context under that name too: a section
whose entry there is ``None`` is left out.
"""

OPTIONAL = ("further", "measured", "sensitivity", "community")
"""Sections that are left out where the context has no entry of their name."""

FILTERS = (
    *(wording.amount, wording.count, wording.magnitude, wording.number, wording.percent),
    *(wording.percent_points, wording.shortened, wording.signed, wording.visible),
)


def render(context: Mapping[str, Any]) -> str:
    """Render the page.

    Parameters
    ----------
    context : mapping
        What the template shows.

    Returns
    -------
    str
        HTML, in which everything from users is escaped, and whose policy lets
        nothing run or load but its own style, script and embedded images.
    """
    style, vega = static("style.css"), bundle()
    scripts = [static("table.js"), static("explore.js")]
    return (
        environment()
        .get_template("page.html.jinja")
        .render(
            **context,
            sections=[pair for pair in SECTIONS if _shown(pair[0], context)],
            interval=wording.interval,
            magnitude_interval=wording.magnitude_interval,
            percent_interval=wording.percent_interval,
            signed_interval=wording.signed_interval,
            style=style,
            vega=vega,
            scripts=scripts,
            style_digest=digest(style),
            script_digests=[digest(script) for script in (vega, *scripts)],
        )
    )


def environment(*folders: Path) -> jinja2.Environment:
    """Environment of the templates, in which everything is escaped and nothing may be missing.

    Parameters
    ----------
    *folders : pathlib.Path
        Folders with templates of another page, which may use the macros of this one.
    """
    import jinja2

    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader([*folders, TEMPLATES]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {function.__name__: function for function in FILTERS}
    made.filters["json"] = embedded_json
    return made


def _shown(anchor: str, context: Mapping[str, Any]) -> bool:
    absent = None if anchor in OPTIONAL else True
    return context.get(anchor, absent) is not None


def static(name: str, folder: Path = TEMPLATES) -> Markup:
    """Give the text of a style or script of a page.

    Parameters
    ----------
    name : str
        The file.
    folder : pathlib.Path
        Where it is: a folder of the project's own, since its text goes in as it is.
    """
    return Markup((folder / name).read_text(encoding="utf-8"))


def embedded_json(data: Any) -> Markup:
    r"""Write data as JSON that can stand within a script element: it holds no ``<``, ``>``, ``&``.

    Examples
    --------
    >>> embedded_json({"id": "</script>", "of": [1, None]})
    Markup('{"id":"\\u003c/script\\u003e","of":[1,null]}')
    """
    from jinja2.utils import htmlsafe_json_dumps

    return htmlsafe_json_dumps(data, json.dumps, separators=(",", ":"), allow_nan=False)


def digest(text: str) -> str:
    """SHA-256 of a style or script, in base64, as a content security policy names it."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
