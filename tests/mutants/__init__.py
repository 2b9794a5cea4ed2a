"""Mutants: small defects that are put into a copy of the code, to see whether the tests notice.

    python -m tests.mutants [--only TEXT] [--listed | --generated] [--jobs N]

listed.toml      defects that once went unnoticed, or would be bad: file, exact text, replacement, why, tests
generated.toml   modules in which every comparison, constant, condition and statement is changed, and their unit tests
survivors.toml   generated mutants that no test can or should notice, each with the reason

A mutant is located by its text, so that it outlives changes elsewhere in its file; where the text is gone the run says
so and fails, because the list no longer tests what it says.
"""
