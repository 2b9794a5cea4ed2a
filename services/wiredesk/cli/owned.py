"""`python -m wiredesk.cli.owned`: the command, ended by the kernel when the process that started it ends (on Linux).

A desk on this machine starts its workers so: killed, it leaves none behind.
"""

from wiredesk.cli.app import main
from wiredesk.runtime.isolation import limits

limits.die_with_parent()
main()
