"""Puts the library that belongs to these scripts first on the path.

Conda jobs drop PYTHONPATH, and an environment may hold another version of
tryptome: the one beside the scripts (``src/`` in a checkout, the surrounding
package in a wheel) is the one to use.
"""

import sys
from pathlib import Path

share = Path(__file__).resolve().parent.parent
source = share / "src"
sys.path.insert(0, str(source if source.is_dir() else share.parent.parent))
