"""The encoder of many languages: the vectors that the tagger of names and the classifier of topics read.

word_pieces   a text as word pieces, and the words that they form
windows       an article's words, cut into the windows that the encoder reads
embeddings    the vector of each word piece, 4 bits a number
layers        the layers: labels of words, and the vector of a window's meaning
"""

from wiredesk.enrichment.encoder.layers import ENCODER, Encoder, shared_encoder
from wiredesk.enrichment.encoder.windows import Window, cut_windows
from wiredesk.enrichment.encoder.word_pieces import PiecedText, WordPieces, shared_word_pieces

__all__ = [
    "ENCODER",
    "Encoder",
    "PiecedText",
    "Window",
    "WordPieces",
    "cut_windows",
    "shared_encoder",
    "shared_word_pieces",
]
