#!/bin/sh
# Pin every dependency with its hashes: one file for each environment. Run it by `make pins`, which brings uv along.
# All files are compiled against dev.txt, so that what runs in an image is what was tested. wiredesk-schemas and wiredesk
# themselves are never pinned: they come from this repository.
#
# Arguments are handed to uv: `sh requirements/compile.sh --upgrade` takes the newest versions that pyproject.toml allows.
set -eu
cd "$(dirname "$0")/.."
pin() {
    uv pip compile --quiet --universal --generate-hashes --python-version 3.12 \
        --no-emit-package wiredesk --no-emit-package wiredesk-schemas \
        --custom-compile-command "make pins" "$@"
}
tested() {
    pin "$@" --constraint requirements/dev.txt
}
pin "$@" pyproject.toml --extra dev --output-file requirements/dev.txt
tested "$@" pyproject.toml --extra all --extra build --output-file requirements/run.txt
tested "$@" pyproject.toml --output-file requirements/cli.txt
tested "$@" pyproject.toml --extra tracing --output-file requirements/tracing.txt
tested "$@" requirements/build.in --output-file requirements/build.txt
for stage in ingest extractor enrichment signatures archive web; do
    tested "$@" pyproject.toml --extra "$stage" --output-file "requirements/$stage.txt"
done
tested "$@" pyproject.toml --extra signatures --output-file requirements/syndication.txt
for stage in revisions latest; do # they need what the command needs
    tested "$@" pyproject.toml --output-file "requirements/$stage.txt"
done
tested "$@" pyproject.toml training/requirements.in --extra ingest --extra extractor --extra enrichment \
    --output-file training/requirements.txt
tested "$@" pyproject.toml training/enrichment/requirements.in --extra enrichment \
    --output-file training/enrichment/requirements.txt
pin "$@" bench/peers/requirements.in --output-file bench/peers/requirements.txt
pin "$@" requirements/docs.in --output-file requirements/docs.txt
pin "$@" requirements/pins.in --output-file requirements/pins.txt
