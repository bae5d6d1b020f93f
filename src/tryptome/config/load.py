"""Reading and checking a configuration."""

from __future__ import annotations

import difflib
import types
import typing
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from tryptome.config.model import Cohort, Config
from tryptome.config.pooling import check_pool
from tryptome.config.translate import shared_contrasts
from tryptome.errors import ConfigError, MissingFileError
from tryptome.paths import locate

Block = TypeVar("Block", bound=BaseModel)

MAX_CHARACTERS = 2**20
"""Most characters of a configuration; a larger study goes into its sheet."""

MAX_VALUES = 100_000
"""Most values of a configuration, those that an alias repeats counted each time."""


def load(path: str | Path, *, directory: str | Path = ".") -> Config:
    """Read a configuration from a YAML file.

    Parameters
    ----------
    path : path-like
        The YAML file.
    directory : path-like, default "."
        Working directory of the run, against which ``sheet`` is resolved.

    Returns
    -------
    Config

    Raises
    ------
    MissingFileError
        The file does not exist or cannot be read.
    ConfigError
        It is no YAML mapping, or has an unknown key, a wrong type or a
        missing value.
    """
    content = read_yaml(path, "check the path, or write a configuration with `tryptome init TABLE`")
    return parse(content, place=str(path), directory=directory)


def read_yaml(path: str | Path, remedy: str) -> object:
    """Values of a YAML file, which may not be too large, nor build anything by code.

    Parameters
    ----------
    path : path-like
    remedy : str
        What to do where it cannot be read.

    Raises
    ------
    MissingFileError
        The file does not exist or cannot be read.
    ConfigError
        It is not YAML, or too long.
    """
    place = str(path)
    try:
        with Path(path).open(encoding="utf-8-sig") as handle:
            text = handle.read(MAX_CHARACTERS + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise MissingFileError(
            f"cannot read the configuration ({_reason(error)})", place=place, remedy=remedy
        ) from error
    if len(text) > MAX_CHARACTERS:
        raise ConfigError(
            f"the configuration is longer than {MAX_CHARACTERS:,} characters",
            place=place,
            remedy="list the cohorts in a sheet (`sheet:`)",
        )
    return _yaml(text, place)


def _yaml(text: str, place: str) -> object:
    """Values of a YAML document, none of them built by code that it names."""
    import yaml

    try:
        content: object = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise ConfigError(
            f"not valid YAML: {getattr(error, 'problem', None) or error}",
            place=f"{place}, line {mark.line + 1}, column {mark.column + 1}" if mark else place,
            remedy="check the indentation and quotes at that line",
        ) from error
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ConfigError(
            f"not valid YAML: a value cannot be read ({type(error).__name__})",
            place=place,
            remedy="put dates and numbers in quotes, and check that brackets are closed",
        ) from error
    if _size(content, {}) > MAX_VALUES:
        raise ConfigError(
            f"aliases (`*name`) repeat more than {MAX_VALUES:,} values, or one holds itself",
            place=place,
            remedy="write out what differs, and share contrasts by the key `contrasts`",
        )
    return content


def _size(content: object, sizes: dict[int, float]) -> float:
    """Count the values, those behind an alias each time; infinite where one holds itself."""
    if not isinstance(content, dict | list):
        return 1
    if id(content) not in sizes:
        sizes[id(content)] = float("inf")
        parts = [*content, *content.values()] if isinstance(content, dict) else content
        sizes[id(content)] = 1 + sum(_size(part, sizes) for part in parts)
    return sizes[id(content)]


def parse(content: object, *, place: str = "configuration", directory: str | Path = ".") -> Config:
    """Check a configuration that has been read already.

    Parameters
    ----------
    content : object
        What the YAML file holds; anything but a mapping is an error.
    place : str
        Name of the file, for messages.
    directory : path-like
        Working directory of the run, against which ``sheet`` is resolved.

    Returns
    -------
    Config
        With the cohorts of the sheet, and the shared contrasts filled in.

    Raises
    ------
    ConfigError
        An unknown key (the nearest valid one is suggested), a wrong type, a
        missing value, or no cohort at all.

    Examples
    --------
    >>> parse({"cohorts": {"a": {"table": "a.tsv", "metdata": "m.tsv"}}})
    Traceback (most recent call last):
        ...
    tryptome.errors.ConfigError: configuration: cohorts.a.metdata: unknown key
      To mend it: did you mean `metadata`? [T100]
    """
    if not isinstance(content, Mapping):
        raise ConfigError(
            "the configuration is not a mapping of keys to values",
            place=place,
            remedy="start from `tryptome init TABLE`, or from the example in config/config.yaml",
        )
    config = validate(Config, content, place)
    if config.sheet is not None:
        config = _with_sheet(config, place, Path(directory))
    if not config.cohorts:
        raise ConfigError(
            "no cohort is configured", place=place, remedy="add one under `cohorts:` or in `sheet:`"
        )
    config = _with_shared_contrasts(config, place)
    check_pool(config, place)
    return config


def validate(model: type[Block], content: object, place: str) -> Block:
    """Check what a file holds against its typed model.

    Parameters
    ----------
    model : type
        A Pydantic model.
    content : object
        Values of the file.
    place : str
        Name of the file, for messages.

    Raises
    ------
    ConfigError
        With the nearest valid key where one is unknown.
    """
    try:
        return model.model_validate(content)
    except ValidationError as error:
        # An unknown key is mostly why another one is missing, so it comes first.
        found = sorted(error.errors(), key=lambda item: item["type"] != "extra_forbidden")
        problems = [_explain(model, item) for item in found]
    what, remedy = problems[0]
    more = "".join(f"\n  also: {other} ({mend})" for other, mend in problems[1:10])
    raise ConfigError(what, place=place, remedy=remedy + more)


def _explain(model: type[BaseModel], item: Any) -> tuple[str, str]:
    """Turn one of Pydantic's problems into what is wrong and how to mend it."""
    location = [str(part) for part in item["loc"] if part != "[key]"]
    dotted = ".".join(location)
    if item["type"] == "extra_forbidden":
        valid = sorted(_keys_at(model, location[:-1]))
        near = difflib.get_close_matches(location[-1], valid, n=1, cutoff=0.5)
        remedy = f"did you mean `{near[0]}`?" if near else f"valid keys here: {', '.join(valid)}"
        return f"{dotted}: unknown key", remedy
    if item["type"] == "missing":
        return f"{dotted}: a value is missing", f"add `{location[-1]}:`"
    if item["type"] == "string_pattern_mismatch":
        return f"{dotted}: not a valid name", "use letters, digits, `_`, `.` and `-`, 64 at most"
    if item["type"] == "string_type":
        return f"{dotted}: must be text", "put it in quotes"
    message = item["msg"][:1].lower() + item["msg"][1:]
    return f"{dotted}: {message}", "see config/README.md for what is valid here"


def _keys_at(model: type[BaseModel], location: Sequence[str]) -> set[str]:
    """Valid keys of the block at ``location`` (names of mappings are skipped)."""
    current: type[BaseModel] = model
    for part in location:
        field = current.model_fields.get(part)
        if field is not None:
            current = _block(field.annotation) or current
    return set(current.model_fields)


def _block(annotation: Any) -> type[BaseModel] | None:
    """Find the block inside ``Block``, ``Block | None`` or ``dict[name, Block]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if typing.get_origin(annotation) in (dict, typing.Union, types.UnionType):
        found = (_block(inner) for inner in typing.get_args(annotation))
        return next((block for block in found if block is not None), None)
    return None


def _with_sheet(config: Config, place: str, directory: Path) -> Config:
    """Add the cohorts of the sheet, one a row; an empty field means the default."""
    import csv

    path = directory / locate(str(config.sheet))
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            rows = list(csv.DictReader(handle, delimiter="\t"))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise MissingFileError(
            f"cannot read the sheet of cohorts ({_reason(error)})",
            place=str(path),
            remedy=f"check `sheet:` in {place}",
        ) from error
    cohorts: dict[str, Any] = dict(config.cohorts)
    for number, row in enumerate(rows, start=2):
        name, cohort = _sheet_cohort(row, f"{path}, line {number}")
        if name in cohorts:
            raise ConfigError(
                f"cohort `{name}` is defined twice",
                place=f"{path}, line {number}",
                remedy="rename one of them",
            )
        cohorts[name] = cohort
    content = config.model_dump(exclude_unset=True) | {"cohorts": cohorts}
    return validate(Config, content, str(path))


def _sheet_cohort(row: dict[str | None, Any], place: str) -> tuple[str, Cohort]:
    if None in row or any(value is None for value in row.values()):
        raise ConfigError(
            "the row has another number of fields than the header",
            place=place,
            remedy="separate fields by exactly one tab",
        )
    # An unknown column is an error even where its field is empty, like an unknown key.
    known = {"", "cohort", *Cohort.model_fields}
    filled: dict[str, Any] = {
        str(key): text for key, text in row.items() if text.strip() or key not in known
    }
    name = filled.pop("cohort", "")
    if not name:
        raise ConfigError("the row names no cohort", place=place, remedy="fill the column `cohort`")
    if "groups" in filled:
        filled["groups"] = [part.strip() for part in filled["groups"].split(",")]
    return name, validate(Cohort, filled, place)


def _with_shared_contrasts(config: Config, place: str) -> Config:
    cohorts = {
        name: cohort
        if cohort.contrasts is not None
        else cohort.model_copy(update={"contrasts": shared_contrasts(config, name, place)})
        for name, cohort in config.cohorts.items()
    }
    return config.model_copy(update={"cohorts": cohorts})


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return (error.strerror or str(error)).lower()
    return "not UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error)
