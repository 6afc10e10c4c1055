#!/usr/bin/env bash
# Makes the environment of the system, which needs a newer Python than the benchmark's:
# $AUTOML_PYTHON, or the first of python3.12, python3.11, python3 that is new enough.
set -e
HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)"
PROJECT="$(cd "$HERE/../../../.." && pwd -P)"

for candidate in $AUTOML_PYTHON python3.12 python3.11 python3; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        PYTHON="$candidate"
        break
    fi
done
if [[ -z "$PYTHON" ]]; then
    echo "Python 3.11 or newer is needed: set AUTOML_PYTHON to one." >&2
    exit 1
fi
"$PYTHON" -m venv "$HERE/venv"
"$HERE/venv/bin/pip" install --quiet "$PROJECT"
"$HERE/venv/bin/python" -c 'from automl import __version__; print(__version__)' >> "$HERE/.setup/installed"
