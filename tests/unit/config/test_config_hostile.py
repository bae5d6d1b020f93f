"""Configurations that are broken or hostile are refused, in time, with a message that helps."""

import pytest

from tryptome.config import load
from tryptome.errors import ConfigError, MissingFileError

BOMB = "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
REFUSED = {
    "an alias bomb": (BOMB, "aliases (`*name`) repeat more than 100,000 values"),
    "a value that holds itself": ("cohorts: &a {b: *a}", "one holds itself"),
    "a date that is none": ("seed: 2001-99-99", "a value cannot be read (ValueError)"),
    "a tag without its value": ("seed: !!timestamp 9", "a value cannot be read"),
    "brackets without end": ("a: " + "[" * 5000, "a value cannot be read (RecursionError)"),
    "an object of Python": ("a: !!python/object/apply:os.system [id]", "not valid YAML"),
    "too long": ("# " + "x" * 2**20, "longer than 1,048,576 characters"),
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_refused(text, message, tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert message in str(caught.value)
    assert str(caught.value).startswith(str(path))
    assert caught.value.remedy


def test_aliases_as_people_use_them_are_read(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text(
        "cohorts:\n"
        "  a: {table: a.tsv, contrasts: {c: &c {column: diet, reference: x, level: y}}}\n"
        "  b: {table: b.tsv, contrasts: {d: *c}}\n"
    )
    config = load(path)
    assert config.cohorts["b"].contrasts["d"] == config.cohorts["a"].contrasts["c"]


def test_what_never_ends_is_refused():
    with pytest.raises((ConfigError, MissingFileError)):
        load("/dev/zero")
