"""The JSON Schema and the reference agree with the model, and with Pydantic's judgement."""

import json

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tryptome.config import Config
from tryptome.config.schema import BLOCKS, REFERENCE, SCHEMA, schema, with_reference
from tryptome.paths import share

VALIDATOR = jsonschema.Draft202012Validator(json.loads(schema()))

scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 3), st.floats(-1, 2), st.sampled_from(["", "auto"])
)
contrasts = st.dictionaries(
    st.sampled_from(["column", "reference", "level", "title", "wrong"]), st.text(max_size=3)
)
cohorts = st.dictionaries(
    st.sampled_from(["table", "values", "orientation", "groups", "title", "contrasts", "wrong"]),
    st.one_of(scalars, st.lists(st.text(max_size=2), max_size=2), contrasts),
    max_size=3,
).map(lambda cohort: {"table": "t", **cohort})
names = st.sampled_from(["a", "b.c", "-d", "", "e f", "g" * 65])
configurations = st.fixed_dictionaries(
    {},
    optional={
        "cohorts": st.dictionaries(names, cohorts, max_size=2),
        "contrasts": st.dictionaries(names, contrasts, max_size=1),
        "estimate": st.dictionaries(
            st.sampled_from(["cover", "copy_number", "wrong"]), scalars, max_size=2
        ),
        "seed": scalars,
        "wrong": scalars,
    },
)


def accepted(content):
    try:
        # Strictly typed, as JSON Schema is: Pydantic would turn "1" or 1.0 into 1.
        Config.model_validate_json(json.dumps(content), strict=True)
    except ValueError:
        return False
    return True


def integral(content):
    """JSON Schema takes 1.0 for an integer; Pydantic does not."""
    return isinstance(content.get("seed"), float)


@given(configurations.filter(lambda content: not integral(content)))
def test_the_schema_accepts_what_the_model_accepts(content):
    assert VALIDATOR.is_valid(content) == accepted(content)


def test_the_schema_is_itself_valid():
    jsonschema.Draft202012Validator.check_schema(json.loads(schema()))


def test_the_committed_schema_is_that_of_the_model():
    assert (share() / SCHEMA).read_text(encoding="utf-8") == schema(), "run `make schema`"


def test_the_committed_reference_is_that_of_the_model():
    page = (share() / REFERENCE).read_text(encoding="utf-8")
    assert with_reference(page) == page, "run `make schema`"


def test_every_key_has_its_row_and_its_meaning():
    page = (share() / REFERENCE).read_text(encoding="utf-8")
    for _, block in BLOCKS:
        for name, field in block.model_fields.items():
            assert field.description, name
            assert f"| `{name}` |" in page
            assert field.description in page


def test_every_block_of_the_schema_is_in_the_reference():
    described = {block.__name__ for _, block in BLOCKS}
    assert set(json.loads(schema())["$defs"]) | {"Config"} == described


def test_a_page_without_markers_is_refused():
    with pytest.raises(ValueError, match="markers"):
        with_reference("# Nothing here")


def test_the_demo_configuration_is_valid_in_both():
    content = yaml.safe_load((share() / "config" / "config.yaml").read_text(encoding="utf-8"))
    assert VALIDATOR.is_valid(content)
    assert accepted(content)


def test_the_smallest_example_of_the_page_is_valid():
    page = (share() / REFERENCE).read_text(encoding="utf-8")
    examples = [part.split("```")[0] for part in page.split("```yaml\n")[1:]]
    assert len(examples) >= 2
    for example in examples:
        content = {"cohorts": {"a": {"table": "t"}}} | yaml.safe_load(example)
        assert VALIDATOR.is_valid(content), example
        assert accepted(content), example
