#!/usr/bin/env bash
# Installs, runs, removes and purges the .deb on a fresh Debian in a chroot. Needs root, debootstrap and a network.
#
#   packaging/deb/test-in-container.sh PACKAGE.deb [FOLDER]     (default: a temporary folder)
#
# SUITE chooses the release; the package fits the Python of the release it was built on. Prints one line a step.
set -euo pipefail

here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
# shellcheck source=packaging/chroot.sh
source "$here/../chroot.sh"

deb=$(readlink -f -- "$1")
root=${2:-}
user_home=/root
READY_TIMEOUT_S=120

step() { printf 'container: %s\n' "$*"; }
apt() { inside env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends "$@" >&2; }

# As somebody who may not write into the installed package, with nothing of ours in the environment.
as_user() { # command...
    user_home=/home/somebody inside env -u LD_LIBRARY_PATH setpriv --reuid=somebody --regid=somebody --clear-groups \
        --inh-caps=-all "$@"
}

read_json() { # expression of told, on stdin its JSON
    inside /usr/lib/starling/bin/python3 -c 'import json, sys; told = json.load(sys.stdin); print(eval(sys.argv[1]))' "$1"
}

everything() { # what is installed, but for what packages' own tools write
    (cd "$root" && find etc usr opt var/lib var/cache -xdev \
        ! -path 'var/lib/dpkg/*' ! -path 'var/lib/apt/*' ! -path 'var/cache/*' ! -path 'var/lib/systemd/*' | sort)
}

trap leave EXIT
make_system
pass_network_settings
inside useradd --create-home somebody 2>/dev/null || true
apt update
# The programs of this test, and before the package: what it needs itself has to come by its own dependencies.
apt install xvfb xauth
cp -- "$deb" "$root/tmp/starling.deb"
everything >"$root/tmp/before"

apt install /tmp/starling.deb
# shellcheck disable=SC2016 # the braces are dpkg-query's
step "installed: $(inside dpkg-query -W -f '${Version}, ${Installed-Size} KiB' starling)"
told=$(as_user starling --version)
step "version: $told"
as_user starling doctor --json >"$root/tmp/doctor.json"
told=$(read_json 'told["versions"]["reasons"]' <"$root/tmp/doctor.json")
step "doctor misses: $told"
as_user starling try --json >"$root/tmp/try.json"
told=$(read_json 'told["utterances"][0]["text"] + " -> " + told["replies"][0]["text"]' <"$root/tmp/try.json")
step "try: $told"
! as_user env -u DISPLAY -u WAYLAND_DISPLAY starling 2>"$root/tmp/refused" || exit 1
told=$(<"$root/tmp/refused")
step "no display: $told"
told=$(as_user timeout "$READY_TIMEOUT_S" xvfb-run -a starling --report-start)
step "window: $told"
told=$(inside dpkg -V starling)
step "changed by running: ${told:-nothing}"

apt remove starling
inside dpkg --purge starling &>/dev/null
apt autoremove --purge
inside dpkg-query -W starling >/dev/null 2>&1 && { step "still installed" && exit 1; }
left=$(everything | comm -13 "$root/tmp/before" - | grep -v -e 'mime\(info\)\?.cache$' -e 'icon-theme.cache$' || true)
step "left behind: ${left:-nothing}"
[[ -z $left ]]
