"""`python -m bench.enrichment`: see command.py."""

import sys

from .command import main

sys.exit(main())
