"""A mutant: its change of the code, and the tests that must fail."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mutant:
    """A change of one file.

    Attributes:
        name: unique; of a listed one, a word or two; of a generated one, what is changed into what.
        file: relative to the repository.
        start, end: of the bytes that are replaced.
        tests: files, or tests in them, of which one must fail.
        why: what would go wrong.
    """

    name: str
    file: str
    start: int
    end: int
    replacement: bytes
    tests: tuple[str, ...]
    why: str = ""

    @property
    def needs_kafka(self) -> bool:
        """Whether its tests need a cluster: they take a minute rather than a second."""
        return any(test.startswith(("tests/kafka/", "tests/faults/")) for test in self.tests)

    def applied(self, source: bytes) -> bytes:
        """Return the file's content with the change."""
        return source[: self.start] + self.replacement + source[self.end :]
