"""Dead letters: records that a stage could not process, as received, under headers that say why.

writing   the dead letter of a record
letter    a dead letter read back, and the record that it was
redrive   back to the topic that they came from, once each
"""

from wiredesk.runtime.dead_letters.letter import Letter, letters, mark
from wiredesk.runtime.dead_letters.redrive import Notes, Redrive, Redriven, redriven
from wiredesk.runtime.dead_letters.writing import dead_letter

__all__ = ["Letter", "Notes", "Redrive", "Redriven", "dead_letter", "letters", "mark", "redriven"]
