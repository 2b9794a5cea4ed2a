"""The models that ship with the extractor."""

import functools
from dataclasses import dataclass
from pathlib import Path

from wiredesk.extractor.body.model import BodyModel
from wiredesk.extractor.page_model import PageModel

SHIPPED = Path(__file__).parent / "trained"


@dataclass(frozen=True, slots=True)
class Models:
    """What was learnt, by `training.extraction`.

    Attributes:
        html: whether a segment of an HTML page belongs to the story.
        text: whether a line of text does.
        page: whether an HTML page is an article.
    """

    html: BodyModel
    text: BodyModel
    page: PageModel

    @classmethod
    def load(cls, folder: Path = SHIPPED) -> "Models":
        """Read them from a folder."""
        return cls(
            html=BodyModel.load(folder / "html.npz"),
            text=BodyModel.load(folder / "text.npz"),
            page=PageModel.load(folder / "page.npz"),
        )


@functools.cache
def shipped() -> Models:
    """Return the models that ship, loaded once for each process."""
    return Models.load()
