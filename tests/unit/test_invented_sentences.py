"""The sentences that were written for the training of the tagger of many languages."""

import random
import re
from pathlib import Path

import pytest

from training.enrichment.encoder.invented import REPEATED, invented_files, invented_sentences
from wiredesk.enrichment.languages import SUPPORT

FILES = invented_files()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_line_is_marked_as_it_should_be(path: Path) -> None:
    assert path.stem in SUPPORT
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(set(lines)) == len(lines)
    for line in lines:
        unmarked = re.sub(r"\[(PER|ORG|LOC)\|([^\[\]|\s](?:[^\[\]|]*[^\[\]|\s])?)\]", r"\2", line)
        assert unmarked.strip(), path
        assert not set("[]|") & set(unmarked), line


def test_a_name_is_where_it_is_said_to_be_also_in_place_of_another(tmp_path: Path) -> None:
    path = tmp_path / "en.txt"
    path.write_text("[PER|Ann Lee] left [ORG|Acme] in [LOC|Rome].\n[PER|Bo] won.\nRain, said [PER|Cy Young-Hall].\n")
    readings = list(invented_sentences(path, random.Random(1)))
    assert len(readings) == REPEATED
    people = {"Ann Lee", "Bo", "Cy Young-Hall"}
    found = set()
    for sentence in (sentence for reading in readings for sentence in reading):
        by_type = {name.type: sentence.text[name.start : name.end] for name in sentence.names}
        assert by_type["PER"] in people
        found.add((by_type["PER"], sentence.text.removeprefix(by_type["PER"])))
        if "ORG" in by_type:
            assert sentence.text == f"{by_type['PER']} left Acme in Rome."
    assert sorted(sentence.text for sentence in readings[0]) == [
        "Ann Lee left Acme in Rome.",
        "Bo won.",
        "Rain, said Cy Young-Hall.",
    ]
    assert len(found) > 3
