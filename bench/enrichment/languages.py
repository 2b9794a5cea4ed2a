"""The languages that the project requires, and codes of sets that are counted with another."""

# fmt: off
REQUIRED = (
    "de", "fr", "es", "it", "pt", "nl", "sv", "da", "no", "pl", "cs", "sk", "hr",
    "ro", "hu", "fi", "ru", "uk", "tr", "ar", "hi", "ja", "ko", "zh", "id", "vi",
)
# fmt: on
"""ISO 639-1 codes of the languages, beside English, that are required at least."""

SAME_LANGUAGE = {"nb": "no", "nn": "no"}
"""Codes of sets that are counted with another language."""
