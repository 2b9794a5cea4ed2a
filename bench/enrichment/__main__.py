"""`python bench/enrichment`: see measure.py."""

import sys

from measure import main

sys.exit(main())
