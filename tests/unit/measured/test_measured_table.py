"""A user's table of metabolites: what is missing there, and what is wrong."""

import numpy as np
import pytest

from tryptome.errors import InputError
from tryptome.measured.table import read_measured


def test_words_for_nothing_are_those_of_metadata(tmp_path):
    path = tmp_path / "measured.tsv"
    path.write_text("sample\ttryptophan\na\t1.5\nb\tn/a\nc\tNot collected\nd\t\n")
    found = read_measured(str(path), {}, ["d", "c", "b", "a", "e"])
    np.testing.assert_array_equal(found["tryptophan"], [np.nan, np.nan, np.nan, 1.5, np.nan])


def test_a_word_that_is_no_number_is_an_error_that_names_it(tmp_path):
    path = tmp_path / "measured.tsv"
    path.write_text("sample\ttryptophan\na\t1.5\nb\tlow\n")
    with pytest.raises(InputError, match="b"):
        read_measured(str(path), {}, ["a", "b"])
