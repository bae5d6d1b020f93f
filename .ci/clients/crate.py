"""rocrate-validator accepts the crate of a run, and no broken one: crate.py RESULTS SCRATCH."""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import rocrate
from rocrate.rocrate import ROCrate

METADATA = "ro-crate-metadata.json"
CONTEXT = Path(rocrate.__file__).parent / "data" / "ro-crate.jsonld"


def accepted(folder: Path, scratch: Path) -> bool:
    """Ask the validator."""
    python = scratch / "venv" / "bin" / "python"
    script = Path(__file__).with_name("validate.py")
    done = subprocess.run([str(python), str(script), str(CONTEXT), str(folder)], check=False)
    return done.returncode == 0


def broken(results: Path, scratch: Path) -> Path:
    """Copy a crate and take out what its run was a run of."""
    folder = Path(tempfile.mkdtemp(dir=scratch)) / "broken"
    shutil.copytree(results, folder)
    content = json.loads((folder / METADATA).read_text(encoding="utf-8"))
    for entity in content["@graph"]:
        if entity["@type"] == "CreateAction":
            del entity["instrument"]
    (folder / METADATA).write_text(json.dumps(content), encoding="utf-8")
    return folder


def main() -> None:
    """Check the crate, and that the check can fail."""
    results, scratch = (Path(word).resolve() for word in sys.argv[1:3])
    assert accepted(results, scratch)
    assert not accepted(broken(results, scratch), scratch)
    crate = ROCrate(results)
    made = next(entity for entity in crate.get_entities() if entity.id == "#run")["result"]
    assert all((results / entity["name"]).is_file() for entity in made)
    print(f"the validator accepts the crate of {len(made)} results, and no broken one")


if __name__ == "__main__":
    main()
