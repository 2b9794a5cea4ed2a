"""The encoder of many languages: what the tagger of names reads, and the word pieces that topics read, too.

word_pieces   a text as word pieces, and the words that they form
windows       an article's words, cut into the windows that the encoder reads
embeddings    the vector of each word piece, 4 bits a number
graphs        the trained graphs, as onnxruntime runs them
layers        the layers: a score for each label of a word
"""

from wiredesk.enrichment.encoder.layers import Encoder, shared_encoder
from wiredesk.enrichment.encoder.windows import Window, cut_windows
from wiredesk.enrichment.encoder.word_pieces import PiecedText, WordPieces, shared_word_pieces

__all__ = [
    "Encoder",
    "PiecedText",
    "Window",
    "WordPieces",
    "cut_windows",
    "shared_encoder",
    "shared_word_pieces",
]
