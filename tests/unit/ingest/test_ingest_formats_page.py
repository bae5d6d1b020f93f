"""The page of formats names every reader, and the bounds that hold."""

from tryptome.ingest import archive, biom_json, hdf5_arrays, source, workbook
from tryptome.ingest.recognise import READERS
from tryptome.paths import share

MIB = 2**20
PAGE = (share() / "docs" / "formats.md").read_text(encoding="utf-8")


def test_readers_in_their_order():
    rows = [line.split(" | ")[0].removeprefix("| ") for line in PAGE.splitlines() if " | " in line]
    tables = rows[rows.index("format") + 1 : rows.index("what")]
    assert tables == [reader.name for reader in READERS]


def test_bounds():
    for bound in (
        f"{source.MAX_EXPANDED // 2**30} GiB, and {source.MAX_RATIO} times its size above "
        f"{source.SMALL // MIB} MiB",
        f"(HDF5, archives) | {source.MAX_HELD // MIB:,} MiB",
        f"{archive.MAX_SIZE // MIB:,} MiB, and {archive.MAX_RATIO} times its size above "
        f"{archive.SMALL // MIB} MiB",
        f"| {archive.MAX_FILES:,}; none",
        f"workbook, unpacked | {workbook.MAX_SIZE // MIB} MiB",
        f"{workbook.MAX_ROWS:,} rows, {workbook.MAX_CELLS:,} cells",
        f"row of text | {source.MAX_LINE // MIB} million",
        f"{hdf5_arrays.MAX_ENTRIES:,} entries, and {hdf5_arrays.MAX_RATIO:,} times",
        f"({hdf5_arrays.MAX_RATIO_LARGE} times above {hdf5_arrays.LARGE // MIB} MiB)",
        f"{biom_json.MAX_CHARACTERS // MIB:,} million characters",
    ):
        assert bound in PAGE
