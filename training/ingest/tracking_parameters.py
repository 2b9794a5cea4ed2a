"""Writes `services/wiredesk/ingest/urls/tracking.toml`: names of tracking parameters, from lists that others maintain.

    python -m training.ingest.tracking_parameters

It takes the newest release of each list, by the ordinary clients of their registries (pip and npm). Both are under
the MIT licence, and only names are taken. Lists of browsers (MPL), ClearURLs (LGPL) and AdGuard (GPL) are not used.

detrack    on PyPI; names for every site
tidy-url   on npm; its rules for every site. Those for single sites are not taken: they are patterns of addresses.
"""

import json
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

DESTINATION = Path(__file__).parents[2] / "services" / "wiredesk" / "ingest" / "urls" / "tracking.toml"

MAY_NAME_CONTENT = frozenset(
    {
        "_", "_t", "ad_group_id", "afc", "btag", "bta_c", "cache", "campaign_id", "cb", "context", "continue",
        "cvid", "email", "gci", "janet", "link_source", "lt_r", "mailid", "mbid", "nd", "newsletter", "next",
        "nocache", "oex", "origin", "otc", "pi_opt_in", "picid", "pid", "pin_id", "r", "rand", "random",
        "recipient", "redirect_to", "ref", "return_to", "session_id", "si", "sid", "sns", "social", "source",
        "timestamp", "trk", "ts", "ucid", "uzcid", "view_id", "visit_id", "visitor_id",
    }
)  # fmt: skip
"""Names in the lists that some site uses for content, or that are too short to be sure. For privacy they are right to
remove them; for identity, two pages would become one."""

_NAMES_OF_DETRACK = "import json, detrack; print(json.dumps(sorted(detrack.DEFAULT_PATTERNS)))"
_NAMES_OF_TIDY_URL = """
const rules = require('./package/data/rules.js');
const everywhere = (rules.default || rules).filter(rule => rule.name === 'Global');
console.log(JSON.stringify(everywhere.flatMap(rule => rule.rules)));
"""


def main() -> None:
    """Fetch the lists and write the file."""
    with tempfile.TemporaryDirectory() as folder:
        (detrack, ours), (tidy, theirs) = _detrack(Path(folder)), _tidy_url(Path(folder))
    names = sorted({name.lower() for name in (*ours, *theirs)} - MAY_NAME_CONTENT)
    lines = "".join(f"    {json.dumps(name)},\n" for name in names)
    DESTINATION.write_text(
        "# Names of tracking parameters. Written by `python -m training.ingest.tracking_parameters`; do not edit.\n"
        "# Names that may also name content are left out there.\n\n"
        f'sources = ["detrack {detrack} (MIT)", "tidy-url {tidy} (MIT)"]\n\nnames = [\n{lines}]\n',
        encoding="utf-8",
    )
    print(f"{len(names)} names of detrack {detrack} and tidy-url {tidy}")


def _detrack(folder: Path) -> tuple[str, Iterable[str]]:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), "detrack"]
    subprocess.run(command, check=True)  # noqa: S603
    (wheel,) = folder.glob("detrack-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)  # noqa: S202 - of the registry, into a folder of its own
    names = subprocess.run(  # noqa: S603
        [sys.executable, "-c", _NAMES_OF_DETRACK], cwd=folder, check=True, capture_output=True
    )
    return wheel.name.split("-")[1], json.loads(names.stdout)


def _tidy_url(folder: Path) -> tuple[str, Iterable[str]]:
    subprocess.run(["npm", "pack", "--silent", "tidy-url"], cwd=folder, check=True, stdout=subprocess.DEVNULL)  # noqa: S607
    (package,) = folder.glob("tidy-url-*.tgz")
    with tarfile.open(package) as archive:
        archive.extractall(folder, filter="data")
    names = subprocess.run(["node", "-e", _NAMES_OF_TIDY_URL], cwd=folder, check=True, capture_output=True)  # noqa: S603, S607
    return package.stem.removeprefix("tidy-url-"), json.loads(names.stdout)


if __name__ == "__main__":
    main()
