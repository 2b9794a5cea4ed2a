"""Characters that no reader sees: word lists and models know no word that has one."""

import re

INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""Soft hyphens, zero-width spaces, marks of the writing direction. Joiners (U+200C, U+200D) are none of them: words of
Persian and of India are written with them."""
