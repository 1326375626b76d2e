#!/usr/bin/env bash
# Starts Starling, and sets it up first where that has not been done. Arguments go to starling: ./run.sh listen --json
#
# STARLING_NO_SYSTEM=1 leaves the system's packages alone.
set -euo pipefail

here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
# shellcheck source=packaging/setup/system.sh
source "$here/packaging/setup/system.sh"
# shellcheck source=packaging/setup/environment.sh
source "$here/packaging/setup/environment.sh"

# Prints why no window can be opened; fails when one can.
why_no_window() {
    if [[ ! -d $here/app/starling/ui ]]; then
        echo "there is no window yet"
    elif [[ $(uname) == Linux && -z ${DISPLAY:-}${WAYLAND_DISPLAY:-} ]]; then
        echo "there is no display"
    else
        return 1
    fi
}

prepare "$here" user >&2
if (($# == 0)) && reason=$(why_no_window); then
    say "$reason: running \"starling try\" instead; \"$0 --help\" names the other commands."
    set -- try
fi
exec "$ENVIRONMENT/bin/starling" "$@"
