#!/bin/sh
# Pin every dependency with its hashes: one file for each image, and one that holds all for development.
# The images are compiled against the development file, so that all of them run what was tested.
set -eu
cd "$(dirname "$0")/.."
pin() {
    uv pip compile --quiet --universal --generate-hashes --python-version 3.12 \
        --custom-compile-command "make pins" "$@"
}
pin pyproject.toml --all-extras --output-file requirements/dev.txt
for image in ingest extractor enrichment; do
    pin pyproject.toml --extra "$image" --constraint requirements/dev.txt --output-file "requirements/$image.txt"
done
pin pyproject.toml training/requirements.in --extra ingest --extra extractor --extra enrichment --constraint requirements/dev.txt \
    --output-file training/requirements.txt
pin bench/peers/requirements.in --output-file bench/peers/requirements.txt
pin pyproject.toml --constraint requirements/dev.txt --output-file requirements/cli.txt
pin pyproject.toml training/enrichment/requirements.in --extra enrichment --constraint requirements/dev.txt \
    --output-file training/enrichment/requirements.txt
