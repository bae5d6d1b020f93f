"""``python -m tryptome``."""

import sys

from tryptome.cli import main

sys.exit(main())
