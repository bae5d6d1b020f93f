"""What tryptome brings along: ``sbom.cdx.json`` (CycloneDX 1.5) and ``docs/licences.md``.

Names, versions, markers and hashes come from the lock, licences from the metadata
of the packages that are installed. No serial number and no time: the same lock
gives the same bytes.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import tryptome

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements" / "base.txt"
SBOM = ROOT / "sbom.cdx.json"
LICENCES = ROOT / "docs" / "licences.md"
ENTRY = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>\S+)(?: ; (?P<marker>.*?))?(?= --hash|$)")
SHORT = 40
UNKNOWN = "not stated in its metadata"

PAGE = """\
# Licences

tryptome's code is under the BSD-3-Clause licence ([LICENSE](../LICENSE)); the
derived tables carry the terms of their sources, stated beside them
([TERMS.md](../resources/knowledge/TERMS.md)). Below are the packages that
`requirements/base.txt` installs, with the licence that each states in its own
metadata. `make sbom` writes this page and `sbom.cdx.json`, a bill of materials in
CycloneDX 1.5 with the hashes of the lock.

| package | version | licence as stated |
|---|---|---|
{rows}

## Within the report

The report of a cohort carries the script that draws its interactive charts, as
`vl-convert-python` bundles it: Vega, Vega-Lite and Vega-Embed (BSD-3-Clause;
their versions stand at the head of the script). vl-convert's
[list](https://github.com/vega/vl-convert/blob/main/vl-convert/thirdparty_javascript.md)
names what they bring along: d3, delaunator, internmap and topojson-client (ISC), clone,
fast-deep-equal and fast-json-stable-stringify (MIT), array-flat-polyfill (CC0-1.0)
and robust-predicates (Unlicense). Vega is copyright (c) 2013, Trifacta Inc., and
Vega-Lite copyright (c) 2015, University of Washington Interactive Data Lab, as their
licences said where they were read.
"""


@dataclass(frozen=True)
class Package:
    """One entry of the lock."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]


def packages(lock: str) -> list[Package]:
    r"""Entries of a lock, in its order.

    Examples
    --------
    >>> packages("a==1 ; os_name == 'nt' \\\n    --hash=sha256:00 \\\n    --hash=sha256:11\n")
    [Package(name='a', version='1', marker="os_name == 'nt'", hashes=('00', '11'))]
    """
    found = []
    for line in re.sub(r"\s*\\\n\s*", " ", lock).splitlines():
        entry = ENTRY.match(line)
        if entry:
            hashes = tuple(re.findall(r"--hash=sha256:([0-9a-f]+)", line))
            found.append(Package(entry["name"], entry["version"], entry["marker"] or "", hashes))
    return found


def licence(name: str) -> str:
    """What a package says of its licence: an expression, a name, or the head of the text."""
    try:
        distribution = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return "not installed on Linux, so not seen"
    told = distribution.metadata
    expression, name_given = (_field(told, key) for key in ("License-Expression", "License"))
    stated = expression or name_given
    if stated and "\n" not in stated and len(stated) <= SHORT:
        return stated
    classifiers = [c for c in told.get_all("Classifier") or [] if c.startswith("License ::")]
    if classifiers:
        return ", ".join(sorted(c.rpartition(" :: ")[2] for c in classifiers))
    return expression or _head_of_text(distribution)


def _field(told: metadata.PackageMetadata, name: str) -> str:
    return str((told.get_all(name) or [""])[0]).strip()


def _head_of_text(distribution: metadata.Distribution) -> str:
    for file in sorted(distribution.files or [], key=str):
        if file.name.upper().startswith("LICEN") and file.suffix != ".py":
            head = Path(str(file.locate())).read_text(encoding="utf-8").strip().splitlines()[0]
            return head if len(head) <= SHORT else UNKNOWN
    return UNKNOWN


def bill(found: list[Package], asked: list[str]) -> dict[str, Any]:
    """Bill of materials in CycloneDX 1.5.

    Parameters
    ----------
    found : list of Package
        Entries of the lock.
    asked : list of str
        Names that tryptome asks for itself.
    """
    root = f"pkg:pypi/tryptome@{tryptome.__version__}"
    names = {package.name for package in found}
    refs = [_url(package) for package in found if package.name in set(asked) & names]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": "tryptome",
                "version": tryptome.__version__,
                "purl": root,
                "licenses": [{"license": {"id": "BSD-3-Clause"}}],
            }
        },
        "components": [_component(package) for package in found],
        "dependencies": [{"ref": root, "dependsOn": refs}],
    }


def _url(package: Package) -> str:
    return f"pkg:pypi/{package.name}@{package.version}"


def _component(package: Package) -> dict[str, Any]:
    content: dict[str, Any] = {
        "type": "library",
        "bom-ref": _url(package),
        "name": package.name,
        "version": package.version,
        "purl": _url(package),
        "hashes": [{"alg": "SHA-256", "content": digest} for digest in package.hashes],
        "licenses": [{"license": {"name": licence(package.name)}}],
    }
    if package.marker:
        content["properties"] = [{"name": "tryptome:marker", "value": package.marker}]
    return content


def page(found: list[Package]) -> str:
    """Page of licences."""
    rows = [f"| {p.name} | {p.version} | {licence(p.name)} |" for p in found]
    return PAGE.format(rows="\n".join(rows))


def main() -> None:
    """Write both files."""
    found = packages(LOCK.read_text(encoding="utf-8"))
    asked = (ROOT / "requirements" / "base.in").read_text(encoding="utf-8")
    names = re.findall(r"^([a-z0-9-]+)", asked, flags=re.MULTILINE)
    text = json.dumps(bill(found, names), indent=1, ensure_ascii=False)
    SBOM.write_text(text + "\n", encoding="utf-8")
    LICENCES.write_text(page(found), encoding="utf-8")


if __name__ == "__main__":
    main()
