"""The JSON Schema and the reference of the configuration, out of its typed model.

``python -m tryptome.config.schema`` (``make schema``) writes both; a test fails
where they no longer agree with the model.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tryptome.atomic import write_text
from tryptome.config.mass_balance import MassBalance, Prior, SharePrior
from tryptome.config.model import (
    Cohort,
    Community,
    Compare,
    Config,
    Contrast,
    Estimate,
    Interaction,
    Pool,
    PooledColumn,
    Question,
    SampleIds,
)
from tryptome.config.strict import Strict
from tryptome.paths import share

SCHEMA = Path("workflow", "schemas", "config.schema.json")
REFERENCE = Path("config", "README.md")
BEGIN = "<!-- reference: begin (written by `make schema`) -->"
END = "<!-- reference: end -->"

BLOCKS: tuple[tuple[str, type[Strict]], ...] = (
    ("Top level", Config),
    ("`cohorts.NAME`", Cohort),
    ("`cohorts.NAME.sample_ids`", SampleIds),
    ("`contrasts.NAME`, here or in a cohort", Contrast),
    ("`contrasts.NAME.interaction`", Interaction),
    ("`estimate`", Estimate),
    ("`mass_balance`", MassBalance),
    ("`mass_balance.NAME`", Prior),
    ("`mass_balance.NAME`, where it is a share", SharePrior),
    ("`compare`", Compare),
    ("`community`", Community),
    ("`pool`", Pool),
    ("`pool.questions.NAME`", Question),
    ("`pool.metadata.NAME.COHORT`", PooledColumn),
)
"""Heading and model of each block, in the order of the reference."""


def schema() -> str:
    """JSON Schema of a configuration, as text.

    Examples
    --------
    >>> json.loads(schema())["additionalProperties"]
    False
    """
    content = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Config.model_json_schema(),
    }
    _close(content)
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _close(spec: Any) -> None:
    """Forbid names that match no pattern, which Pydantic's schema leaves open."""
    if isinstance(spec, dict):
        if "patternProperties" in spec:
            spec["additionalProperties"] = False
        for inner in spec.values():
            _close(inner)
    elif isinstance(spec, list):
        for inner in spec:
            _close(inner)


def reference() -> str:
    """Tables of every key of a configuration, in Markdown."""
    return "\n".join(line for title, block in BLOCKS for line in _table(title, block))


def with_reference(text: str) -> str:
    """Put the reference between its markers.

    Parameters
    ----------
    text : str
        A Markdown page that holds both markers.

    Returns
    -------
    str
        The page, all else untouched.

    Raises
    ------
    ValueError
        A marker is missing.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page lacks one of the markers {BEGIN!r} and {END!r}")
    return f"{before}{BEGIN}\n\n{reference()}\n{END}{after}"


def _table(title: str, block: type[Strict]) -> Iterator[str]:
    properties = block.model_json_schema()["properties"]
    yield f"### {title}"
    yield ""
    yield "| key | value | default | meaning |"
    yield "|---|---|---|---|"
    for name, field in block.model_fields.items():
        default = "required" if field.is_required() else _default(field.get_default())
        yield f"| `{name}` | {_value(properties[name])} | {default} | {field.description} |"
    yield ""


def _value(spec: dict[str, Any]) -> str:
    """Say in words which values a key takes."""
    if "anyOf" in spec:
        kinds = [_value(kind) for kind in spec["anyOf"] if kind.get("type") != "null"]
        return " or ".join(kinds)
    if "$ref" in spec:
        return "a block"
    if "enum" in spec:
        return ", ".join(f"`{value}`" for value in spec["enum"])
    if spec["type"] == "array":
        return f"list of {_value(spec['items'])}"
    if spec["type"] == "object":
        return "a block for each name" if "patternProperties" in spec else "values by column"
    words = {"string": "text", "boolean": "`true` or `false`", "integer": "whole number"}
    kind: str = spec["type"]
    return words.get(kind, kind) + _bounds(spec)


def _bounds(spec: dict[str, Any]) -> str:
    words = {
        "minimum": "from",
        "exclusiveMinimum": "above",
        "maximum": "to",
        "exclusiveMaximum": "below",
    }
    found = [f"{word} {spec[key]}" for key, word in words.items() if key in spec]
    return f", {' '.join(found)}" if found else ""


def _default(value: object) -> str:
    if isinstance(value, Strict):
        return "as below"
    if value is None or value in ("", [], {}):
        return "none"
    return f"`{json.dumps(value)}`"


def main() -> None:
    """Write the schema, and the reference into its page."""
    write_text(share() / SCHEMA, schema())
    page = share() / REFERENCE
    write_text(page, with_reference(page.read_text(encoding="utf-8")))


if __name__ == "__main__":
    main()
