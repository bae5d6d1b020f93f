"""Sound small files of every format, from which broken and hostile ones are made."""

from __future__ import annotations

import gzip
import io
import json
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REAL = "real files"
LARGEST = 64 * 1024
"""Most bytes of a real file that is taken as a seed."""


@dataclass(frozen=True)
class Seed:
    """A file and what it is read as.

    Attributes
    ----------
    target : str
        One of :data:`fuzz.targets.TARGETS`.
    name : str
        Of the format, for the figures.
    content : bytes
    """

    target: str
    name: str
    content: bytes


TABLES = {
    "TSV": "#OTU ID\tS1\tS2\tS3\nOtu1\t1\t0\t3\nOtu2\t0\t5.5\t0\n",
    "TSV with taxonomy": "# Constructed from biom file\n#OTU ID\tS1\tS2\ttaxonomy\n"
    "4424929\t1\t0\tk__Bacteria; p__Firmicutes; g__Blautia\n"
    "x\t2\t1e3\tk__Bacteria; p__Bacteroidetes; g__\n",
    "CSV, quoted": '"","Otu1","Otu2"\r\n"DD1",5,0\r\n"DD ""2""",1,7\r\n',
    "CSV, decimal comma": "id;S1;S2\nBacteroides;0,25;0,5\nPrevotella;0,75;0,5\n",
    "QIIME 2 level": "index,d__Bacteria;g__Blautia,d__Bacteria;g__Dorea,Unassigned;__,age,diet\n"
    "S1,5,0,1,31,plant\nS2,0,7,2,44,meat\n",
    "mothur shared": "label\tGroup\tnumOtus\tOtu1\tOtu2\n0.03\tS1\t2\t5\t0\n0.03\tS2\t2\t1\t7\n"
    "0.05\tS1\t2\t5\t0\n0.05\tS2\t2\t1\t7\n",
    "MetaPhlAn": "#mpa_v30\n#SampleID\tMetaphlan_Analysis\n"
    "#clade_name\tNCBI_tax_id\trelative_abundance\tadditional_species\n"
    "k__Bacteria\t2\t100.0\t\nk__Bacteria|p__Firmicutes\t2|1239\t60.0\t\n"
    "k__Bacteria|p__Bacteroidetes\t2|976\t40.0\t\n",
    "MetaPhlAn, merged": "#mpa_v30\nclade_name\tNCBI_tax_id\tS1\tS2\nUNKNOWN\t-1\t0\t5\n"
    "k__Bacteria\t2\t100\t95\nk__Bacteria|p__Firmicutes\t2|1239\t60\t95\n"
    "k__Bacteria|p__Bacteroidetes\t2|976\t40\t0\n",
    "Kraken report": " 10.00\t10\t10\tU\t0\tunclassified\n 90.00\t90\t0\tR\t1\troot\n"
    " 90.00\t90\t5\tD\t2\t  Bacteria\n 85.00\t85\t5\tG\t816\t    Bacteroides\n"
    " 80.00\t80\t80\tS\t817\t      Bacteroides fragilis\n",
    "Kraken, MPA style": "d_Bacteria\t90\nd_Bacteria|p_Firmicutes\t60\nd_Bacteria|p_Chlorobi\t30\n",
    "Bracken table": "name\ttaxonomy_id\ttaxonomy_lvl\tkraken_assigned_reads\tadded_reads\t"
    "new_est_reads\tfraction_total_reads\nStreptococcus suis\t1307\tS\t22\t1\t23\t0.4\n"
    "Blautia wexlerae\t418240\tS\t30\t4\t34\t0.6\n",
    "DADA2 sequence table": ',"' + "ACGT" * 20 + '","' + "TTGA" * 20 + '"\n"S1",5,0\n"S2",3,9\n',
    "psmelt": '"","OTU","Sample","Abundance","diet","Phylum","Genus"\n'
    '"1","Otu1","S1",5,"plant","Firmicutes","Blautia"\n'
    '"2","Otu2","S1",0,"plant","Firmicutes","Dorea"\n'
    '"3","Otu1","S2",2,"meat","Firmicutes","Blautia"\n'
    '"4","Otu2","S2",8,"meat","Firmicutes","Dorea"\n',
    "ampliseq": "ASV_ID\tS1\tS2\n" + "a" * 31 + "1\t5\t0\n" + "b" * 31 + "2\t0\t7\n",
    "UTF-16": "",
}
TAXONOMIES = {
    "QIIME 2": "Feature ID\tTaxon\tConfidence\nOtu1\tk__Bacteria; p__Firmicutes\t0.9\n"
    "Otu2\td__Bacteria;g__Blautia\t1\n",
    "mothur": "OTU\tSize\tTaxonomy\nOtu1\t5\tBacteria(100);Firmicutes(100);Blautia(99);\n"
    "Otu2\t7\tBacteria(100);Bacteroidetes(98);\n",
    "columns of ranks": '"","Kingdom","Phylum","Genus"\n"Otu1","Bacteria","Firmicutes",NA\n'
    '"Otu2","Bacteria","Bacteroidetes","Prevotella_9"\n',
    "without header": "Otu1\tk__Bacteria;p__Firmicutes\nOtu2\tk__Bacteria\n",
}
METADATA = {
    "QIIME 2": "sample-id\tage\tdiet\n#q2:types\tnumeric\tcategorical\nS1\t31\tplant\n"
    "S2\t44\tmeat\nS3\t\tmissing\n",
    "CSV": 'sample,person,diet\r\nS1,A,"plant, mostly"\r\nS2,B,meat\r\nS3,C,\r\n',
    "SRA": "Run,Bytes,Sample Name\nERR1,12,S1\nERR2,13,S2\nERR3,14,S3\n",
}
CONFIGURATIONS = {
    "YAML": "cohorts:\n  a:\n    table: a.tsv\n    metadata: m.tsv\n    groups: [diet]\n"
    "    contrasts:\n      c: &c {column: diet, reference: plant, level: meat, "
    "where: {phase: [x, y]}}\n      d: *c\nestimate: {copy_number: true, cover: 0.95}\n"
    "compare: {confidence: 0.9, drivers: 5}\nseed: 7\n",
}
SHEETS = {
    "TSV": "cohort\ttable\tmetadata\tgroups\torientation\nb\tb.tsv\tm.tsv\tdiet, age\tauto\n"
    "c\tc.biom\t\t\tfeatures_as_rows\n",
}
LINEAGES = {
    "lineages": "k__Bacteria; p__Firmicutes; g__[Ruminococcus]; s__gnavus\n"
    "Bacteria(100);Firmicutes(99);Clostridia;NA;Lachnospiraceae;Clostridium_XlVa\n"
    "D_0__Bacteria;D_1__Bacteroidetes;D_5__Prevotella 9\nd__Bacteria|p__Bacillota_A|g__Blautia_A\n"
    "Escherichia-Shigella\nLachnospiraceae NK4A136 group\nuncultured bacterium\n",
}
SEQUENCES = {
    "FASTA": ">Otu1 Bacteria\nACGTACGTACGTACGTNNACGT\nACGTAC\n>Otu2\nTTGCATTGCA-TTGCA\n",
    "FASTA of hashes": ">f1f8f4bf413b16ad135722aa4591043e\nACGT\n>Otu1\nGGCC\n",
}


def seeds() -> list[Seed]:
    """All seeds: those made here, and small real files where ``TRYPTOME_DATA`` is set."""
    texts = {
        "table": TABLES,
        "taxonomy": TAXONOMIES,
        "metadata": METADATA,
        "sequences": SEQUENCES,
        "configuration": CONFIGURATIONS,
        "sheet": SHEETS,
        "lineages": LINEAGES,
    }
    found = [
        Seed(target, name, text.encode() or TABLES["TSV"].encode("utf-16"))
        for target, formats in texts.items()
        for name, text in formats.items()
    ]
    found += [Seed("table", name, content) for name, content in _packed_tables().items()]
    found += [
        Seed("taxonomy", "QIIME 2 artifact", _artifact("FeatureData[Taxonomy]", "taxonomy.tsv",
                                                       TAXONOMIES["QIIME 2"].encode())),
        Seed("metadata", "Excel", _workbook(METADATA["CSV"])),
    ]  # fmt: skip
    return found + _real()


def _packed_tables() -> dict[str, bytes]:
    hdf5 = _biom_hdf5()
    return {
        "BIOM 2.1": hdf5,
        "BIOM 2.1, gzipped": gzip.compress(hdf5, mtime=0),
        "BIOM 1.0, sparse": _biom_json("sparse", [[0, 0, 1], [0, 2, 3], [1, 1, 5.5]]),
        "BIOM 1.0, dense": _biom_json("dense", [[1, 0, 3], [0, 5, 0]]),
        "TSV, gzipped": gzip.compress(TABLES["TSV with taxonomy"].encode(), mtime=0),
        "QIIME 2 artifact": _artifact("FeatureTable[Frequency]", "feature-table.biom", hdf5),
        "Excel": _workbook(TABLES["QIIME 2 level"]),
    }


def _biom_hdf5() -> bytes:
    import biom
    import h5py
    import numpy as np

    from tryptome.tables import EPOCH

    table = biom.Table(
        np.array([[1.0, 0, 3], [0, 5, 0]]),
        ["Otu1", "Otu2"],
        ["S1", "S2", "S3"],
        observation_metadata=[{"taxonomy": ["k__Bacteria", f"g__{name}"]} for name in "AB"],
    )
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as handle:
        table.to_hdf5(handle, generated_by="fuzz", creation_date=EPOCH)
    return buffer.getvalue()


def _biom_json(kind: str, data: list[list[float]]) -> bytes:
    lineage = {"taxonomy": ["k__Bacteria", "p__Firmicutes"]}
    document: dict[str, Any] = {
        "format": "Biological Observation Matrix 1.0.0",
        "type": "OTU table",
        "rows": [{"id": "Otu1", "metadata": lineage}, {"id": "Otu2", "metadata": None}],
        "columns": [{"id": name, "metadata": None} for name in ("S1", "S2", "S3")],
        "matrix_type": kind,
        "matrix_element_type": "float",
        "shape": [2, 3],
        "data": data,
    }
    return json.dumps(document).encode()


def _zip(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


def _artifact(kind: str, name: str, content: bytes) -> bytes:
    root = "a5697cae-9796-4243-a872-f6712a38597b"
    about = f"uuid: {root}\ntype: {kind}\nformat: X\n"
    return _zip(
        {
            f"{root}/VERSION": b"QIIME 2\narchive: 5\nframework: 2019.4.0\n",
            f"{root}/metadata.yaml": about.encode(),
            f"{root}/data/{name}": content,
        }
    )


def _workbook(text: str) -> bytes:
    """Write a minimal workbook by hand, with every field as inline text or a number."""
    import csv
    from xml.sax.saxutils import escape

    rows = ""
    for number, fields in enumerate(csv.reader(io.StringIO(text)), start=1):
        cells = "".join(
            f'<c r="{chr(65 + i)}{number}"><v>{field}</v></c>'
            if field.isdigit()
            else f'<c r="{chr(65 + i)}{number}" t="inlineStr"><is><t>{escape(field)}</t></is></c>'
            for i, field in enumerate(fields)
        )
        rows += f'<row r="{number}">{cells}</row>'
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    links = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/>'
        "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{links}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{links}"><sheets>'
        '<sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{links}/worksheet" Target="worksheets/sheet1.xml"/>'
        "</Relationships>",
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData>'
        "</worksheet>",
    }
    return _zip({name: part.encode() for name, part in parts.items()})


def _real() -> list[Seed]:
    """Small real files; each is read as a table, whatever it is, and as metadata."""
    folder = os.environ.get("TRYPTOME_DATA")
    if not folder:
        return []
    files = sorted(path for path in Path(folder, "formats").glob("*/*") if path.is_file())
    return [
        Seed(target, REAL, path.read_bytes())
        for path in files
        if path.stat().st_size <= LARGEST
        for target in _targets(path)
    ]


def _targets(path: Path) -> tuple[str, ...]:
    if "metadata" in path.parent.name or "metadata" in path.name:
        return ("metadata",)
    return ("table", "taxonomy") if "tax" in path.name else ("table",)
