#!/usr/bin/env bash
# Lint, types and tests in Starling's own environment. Arguments go to pytest, which then runs once and in order:
# ./test.sh -m slow
set -euo pipefail

here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
# shellcheck source=packaging/setup/system.sh
source "$here/packaging/setup/system.sh"
# shellcheck source=packaging/setup/environment.sh
source "$here/packaging/setup/environment.sh"

prepare "$here" dev >&2
cd -- "$here"
export QT_QPA_PLATFORM=offscreen
bin=$ENVIRONMENT/bin
"$bin/ruff" check .
"$bin/ruff" format --check .
"$bin/mypy"
if command -v shellcheck >/dev/null; then
    shellcheck -x run.sh test.sh .ci/run packaging/*.sh packaging/*/*.sh
else
    say "shellcheck is not installed: the scripts were not checked."
fi
(($# == 0)) || exec "$bin/pytest" "$@"

# Side by side, as many as there are processors; then what measures time, with nothing beside it.
usual="not slow and not npu"
status=0
"$bin/pytest" -n auto --maxprocesses 4 --dist worksteal -m "$usual and not alone" || status=$?
"$bin/pytest" -m "$usual and alone" || status=$?
exit "$status"
