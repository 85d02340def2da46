"""Let `python -m gristmill` be the command."""

import sys

from gristmill.cli import main

sys.exit(main())
