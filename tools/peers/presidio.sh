#!/usr/bin/env bash
# Install Presidio, pinned, into .peers/presidio: an environment of its own, so that nothing of it reaches ours.
# No language model is fetched: only its pattern recognizers are compared, on spaCy's blank English pipeline.
set -euo pipefail
cd "$(dirname "$0")/../.."

VERSION=2.2.366
HOME_OF_IT=.peers/presidio
PYTHON=${PYTHON:-python3}

[ "$(cat "$HOME_OF_IT/installed" 2>/dev/null)" != "$VERSION" ] || exit 0
"$PYTHON" -m venv --clear "$HOME_OF_IT"
tools/retry.sh "$HOME_OF_IT/bin/python" -m pip install -q "presidio-analyzer==$VERSION"
"$HOME_OF_IT/bin/python" -c 'import presidio_analyzer, spacy; spacy.blank("en")'
echo "$VERSION" > "$HOME_OF_IT/installed"
