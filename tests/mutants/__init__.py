"""Mutants: small defects in a copy of the code, to check that the tests detect them.

    python -m tests.mutants [--only TEXT] [--listed | --generated] [--jobs N]

listed.toml      defects that once went unnoticed, or would be bad: file, exact text, replacement, why, tests
generated.toml   modules in which every comparison, constant, condition and statement is changed, and their unit tests
survivors.toml   generated mutants that no test can or should notice, each with the reason

A mutant is located by its text, so that it still applies after changes elsewhere in its file. If the text is gone, the
run reports this and fails.
"""
