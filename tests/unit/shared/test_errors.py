"""Errors keep their place and remedy, also on the way between processes."""

import pickle

import pytest

from tryptome import errors
from tryptome.errors import TryptomeError

KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, TryptomeError)
]


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_survives_pickling(kind):
    error = kind("too few columns", place="a.tsv, line 3", remedy="add a tab")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert str(again) == str(error)
    assert (again.what, again.place, again.remedy) == (
        "too few columns",
        "a.tsv, line 3",
        "add a tab",
    )


def test_the_message_names_place_cause_remedy_and_code():
    text = str(TryptomeError("broken", place="here", remedy="mend it"))
    assert text == "here: broken\n  To mend it: mend it [T000]"
    assert str(TryptomeError("broken")) == "broken [T000]"


def test_every_kind_has_a_code_of_its_own():
    codes = [kind.code for kind in KINDS]
    assert len(set(codes)) == len(codes)
