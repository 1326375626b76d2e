#!/usr/bin/env bash
# Opens Starling's window, and sets everything up first where that has not been done. Arguments go to starling:
# ./run.sh listen --json
#
# STARLING_NO_SYSTEM=1 leaves the system's packages alone.
set -euo pipefail

here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
# shellcheck source=packaging/setup/system.sh
source "$here/packaging/setup/system.sh"
# shellcheck source=packaging/setup/environment.sh
source "$here/packaging/setup/environment.sh"

# Whether something names a display; whether it answers, starling finds out.
has_display() {
    [[ $(uname) != Linux || -n ${DISPLAY:-}${WAYLAND_DISPLAY:-} ]]
}

prepare "$here" user >&2
if (($# == 0)) && ! has_display; then
    say "there is no display for the window: running \"starling try\" instead; \"$0 --help\" names the other commands."
    set -- try
fi
exec "$ENVIRONMENT/bin/starling" "$@"
