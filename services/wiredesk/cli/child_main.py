"""`python -m wiredesk.cli.child_main`: the command, killed by the kernel when its parent process ends (on Linux).

The supervisor of a local stack starts its workers this way: none survives it, even if the supervisor is killed.
"""

from wiredesk.cli.app import main
from wiredesk.runtime import limits

limits.die_with_parent()
main()
