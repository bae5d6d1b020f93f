"""The loader: typed records, lazy tables, and messages instead of tracebacks."""

import gzip
import shutil

import pytest

from tryptome.errors import FormatError, MissingFileError, NameNotFoundError
from tryptome.knowledge import Capability, KnowledgeBase, load
from tryptome.knowledge.base import TABLES
from tryptome.knowledge.extended import extended

GROUPS = ["tryptophan", "vitamins", "fermentation", "bile_acids", "signals"]


def test_report_order_keeps_groups_together():
    groups = [capability.group for capability in load().capabilities]
    assert list(dict.fromkeys(groups)) == GROUPS
    assert groups == sorted(groups, key=GROUPS.index)


def test_capability_is_found_by_name():
    indole = load().capability("indole")
    assert isinstance(indole, Capability)
    assert indole.ko == ("K01667",)
    assert indole.ec == ("4.1.99.1",)


def test_unknown_capability_suggests_the_nearest():
    with pytest.raises(NameNotFoundError, match="'tryptamine'"):
        load().capability("triptamine")


def test_unknown_source_lists_the_known():
    with pytest.raises(NameNotFoundError, match="mcseed"):
        load().source("nowhere")


def test_counts_are_integers_and_copies_floats():
    base = load()
    assert base.evidence[["genomes", "positives"]].dtypes.eq("int64").all()
    assert base.copy_number[["mean", "sd"]].dtypes.eq("float64").all()


def test_missing_table_says_which(tmp_path):
    with pytest.raises(MissingFileError, match=r"species\.tsv\.gz"):
        KnowledgeBase(tmp_path).species  # noqa: B018


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- name: [", "not YAML"),
        ("name: indole", "not a list"),
        ("- {name: indole, colour: blue}", "colour"),
    ],
)
def test_damaged_definitions_are_format_errors(tmp_path, text, message):
    (tmp_path / "capabilities.yaml").write_text(text)
    with pytest.raises(FormatError, match=message):
        KnowledgeBase(tmp_path).capabilities  # noqa: B018


def test_the_checksum_is_of_the_text_and_changes_with_any_table(tmp_path):
    shutil.copytree(load().folder, tmp_path, dirs_exist_ok=True)
    packed = tmp_path / "evidence.tsv.gz"
    packed.write_bytes(gzip.compress(gzip.decompress(packed.read_bytes()), compresslevel=1))
    assert KnowledgeBase(tmp_path).checksum == load().checksum
    for name in TABLES:
        path = tmp_path / name
        before = path.read_bytes()
        more = (
            gzip.compress(gzip.decompress(before) + b"#") if name.endswith(".gz") else before + b"#"
        )
        path.write_bytes(more)
        assert KnowledgeBase(tmp_path).checksum != load().checksum, name
        path.write_bytes(before)


def test_what_a_user_adds_changes_the_checksum(tmp_path):
    own = tmp_path / "evidence.tsv"
    own.write_text("species\n")
    one = extended(None, str(own)).checksum
    assert one != load().checksum
    assert extended(None, str(own)).checksum == one
    own.write_text("species\tcapability\n")
    assert extended(None, str(own)).checksum != one
    assert extended().checksum == load().checksum
