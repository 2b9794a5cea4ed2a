"""The lists of mutants fit the code: each defect can be applied, and has tests."""

from tests.mutants.generated import explained, generated
from tests.mutants.listed import NotApplicableError, listed
from tests.support import ROOT


def test_every_listed_defect_can_be_applied_and_names_tests_that_exist() -> None:
    mutants = list(listed(ROOT))
    assert [str(mutant) for mutant in mutants if isinstance(mutant, NotApplicableError)] == []
    tests = {
        test.partition("::")
        for mutant in mutants
        if not isinstance(mutant, NotApplicableError)
        for test in mutant.tests
    }
    sources = {file: (ROOT / file).read_text(encoding="utf-8") for file, _, _ in tests}
    assert [f"{file}::{test}" for file, _, test in tests if test and f"def {test}(" not in sources[file]] == []


def test_every_survivor_that_is_explained_is_still_generated() -> None:
    assert set(explained()) - {mutant.name for mutant in generated(ROOT)} == set()
