"""The bill of materials and the page of licences name what the lock installs."""

import json
import re

import pytest

import sbom
from tryptome.paths import share

ROOT = share()


@pytest.fixture(scope="module")
def bill():
    return json.loads(sbom.SBOM.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def locked():
    """Name, version and hashes by a reading of the lock apart from the writer's."""
    entries, current = {}, None
    for line in (ROOT / "requirements" / "base.txt").read_text().splitlines():
        if "==" in line.split(";")[0] and not line.startswith(" "):
            current = tuple(line.split()[0].split("=="))
            entries[current] = set()
        entries[current].update(re.findall(r"sha256:(\w{64})", line))
    return entries


def test_the_bill_holds_the_lock_and_nothing_else(bill, locked):
    found = {
        (c["name"], c["version"]): {h["content"] for h in c["hashes"]} for c in bill["components"]
    }
    assert found == locked
    assert len(bill["components"]) == len(locked)


def test_the_bill_is_of_the_form_that_its_readers_expect(bill):
    """CycloneDX 1.5: what it requires, and references that lead somewhere."""
    assert (bill["bomFormat"], bill["specVersion"], bill["version"]) == ("CycloneDX", "1.5", 1)
    references = [c["bom-ref"] for c in (bill["metadata"]["component"], *bill["components"])]
    assert len(references) == len(set(references))
    for component in bill["components"]:
        assert component["purl"] == f"pkg:pypi/{component['name']}@{component['version']}"
    for dependency in bill["dependencies"]:
        assert {dependency["ref"], *dependency["dependsOn"]} <= set(references)


def test_the_bill_holds_no_time_and_no_host(bill):
    assert "timestamp" not in bill["metadata"]
    assert "://" not in json.dumps(bill)


def test_every_package_has_its_licence_on_the_page(bill):
    page = sbom.LICENCES.read_text(encoding="utf-8")
    for component in bill["components"]:
        (entry,) = component["licenses"]
        row = f"| {component['name']} | {component['version']} | {entry['license']['name']} |"
        assert row in page
    assert page.count(sbom.UNKNOWN) == 0
