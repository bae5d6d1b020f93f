"""Whatever a file holds, it is read or refused with a typed error: a short fuzz of every reader.

`make fuzz` is the long form. Inputs that once broke a reader stand here by themselves.
"""

import string
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz.mutate import mutated
from fuzz.seeds import REAL, seeds
from fuzz.targets import TARGETS
from fuzz.worker import attempt
from tryptome.errors import FormatError
from tryptome.ingest import load_cohort
from tryptome.ingest.abundances import Hints
from tryptome.ingest.recognise import READERS, read_table

MADE = [seed for seed in seeds() if seed.name != REAL]

quick = settings(
    deadline=None,
    derandomize=True,
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("seed", MADE, ids=lambda seed: f"{seed.target}-{seed.name}")
@quick
@given(random=st.randoms(use_true_random=False), other=st.sampled_from(MADE))
def test_a_broken_file_is_read_or_refused(folder, seed, random, other):
    path = folder / "input"
    path.write_bytes(mutated(seed.content, other.content, random))
    outcome, trace = attempt(seed, path, random)
    assert outcome != "failed", trace


field = st.one_of(
    st.sampled_from(["", "0", "1", "2.5", "1e999", "-1", "NA", "S1", "Otu1", "sample", "taxonomy"]),
    st.text(st.characters(codec="utf-8"), max_size=12),
    st.text(string.punctuation + string.whitespace, max_size=4),
)
grids = st.lists(st.lists(field, min_size=1, max_size=5), min_size=1, max_size=6)


@pytest.mark.parametrize("target", ["table", "taxonomy", "metadata", "sequences", "sheet"])
@settings(quick, max_examples=100)
@given(rows=grids, delimiter=st.sampled_from("\t,;"), random=st.randoms(use_true_random=False))
def test_any_rows_of_fields_are_read_or_refused(folder, target, rows, delimiter, random):
    path = folder / "input"
    text = "\n".join(delimiter.join(row) for row in rows)
    path.write_bytes(text.encode())
    source = next(seed for seed in MADE if seed.target == target)
    outcome, trace = attempt(source, path, random)
    assert outcome != "failed", trace


def test_every_reader_has_a_seed(tmp_path):
    path = tmp_path / "seed"
    notes = []
    for seed in MADE:
        if seed.target == "table" and seed.name != "UTF-16":
            path.write_bytes(seed.content)
            notes.append(read_table(path, Hints()).notes[0])
    unclaimed = [
        reader.name
        for reader in READERS
        if not any(note.startswith(f"recognised as {reader.name}: ") for note in notes)
    ]
    assert unclaimed == []


def test_every_target_has_a_seed():
    assert {seed.target for seed in MADE} == set(TARGETS)


def test_a_profile_whose_row_names_no_clade_does_not_hang(folder):
    path = folder / "input"
    path.write_text("#mpa_v30\nclade_name\tid\tS1\nk__Bacteria\t2\t100\n\t2\t40\n\t2\t40\n")
    source = next(seed for seed in MADE if seed.name == "MetaPhlAn")
    outcome, trace = attempt(source, path, Random(1))
    assert outcome != "failed", trace


def test_half_of_a_character_is_refused(tmp_path):
    path = tmp_path / "input"
    path.write_text(
        '{"rows": [{"id": "\\ud800"}], "columns": [{"id": "S1"}], "shape": [1, 1], '
        '"data": [[0, 0, 1]], "matrix_type": "sparse"}'
    )
    with pytest.raises(FormatError, match="half of a character"):
        load_cohort(path)


HOSTILE_IDS = (
    "<script>alert(1)</script>", 'a"b', "a'b", "../../etc/passwd", "/etc/passwd", "a\\b", "C:\\x",
    "x" * 10_000, "\u202eabc", "\u200fabc", "a,b", "a;b", "$(id)", "`id`", "%s{0}", "NULL", "１２",
)  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE_IDS, ids=range(len(HOSTILE_IDS)))
def test_hostile_ids_are_texts(name, folder):
    Path("t.tsv").write_text(f'id\t"{name.replace(chr(34), chr(34) * 2)}"\tS2\nOtu1\t1\t2\n')
    before = sorted(folder.parent.rglob("*"))
    cohort = load_cohort("t.tsv")
    assert cohort.table.samples == [name, "S2"]
    from fuzz.targets import _check

    _check(cohort, Random(1))
    assert sorted(folder.parent.rglob("*")) == before


@pytest.mark.parametrize("name", ["a\nb", "a\rb", "a\x00b", "a\x1b[31mb"])
def test_control_characters_in_ids_are_refused(name, tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(f'id,"{name}",S2\nOtu1,1,2\nOtu2,3,4\n'.encode())
    with pytest.raises(FormatError) as caught:
        load_cohort(path)
    assert caught.value.remedy
