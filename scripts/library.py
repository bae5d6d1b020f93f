"""Puts the library that belongs to these scripts first on the path.

Conda jobs drop PYTHONPATH, and an environment may hold another version of
tryptome: the one beside the scripts (``src/`` in a checkout, the surrounding
package in a wheel) is the one to use. A workflow that Snakemake fetched from a
hosting service has neither beside it and uses the installed one.
"""

import sys
from pathlib import Path

share = Path(__file__).resolve().parent.parent
beside = [root for root in (share / "src", share.parent.parent) if (root / "tryptome").is_dir()]
sys.path[:0] = [str(root) for root in beside[:1]]
