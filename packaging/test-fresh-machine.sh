#!/usr/bin/env bash
# Runs run.sh on a fresh Debian, in a chroot, as a user's first and second start. Needs root, debootstrap and a network.
#
#   packaging/test-fresh-machine.sh [FOLDER] [ARGUMENTS OF run.sh ...]     (default: a temporary folder, no arguments)
#
# SUITE chooses the release. The machine's own network settings (resolver, certificates, pip's configuration and the
# environment) are passed through, because a fresh machine has its own. A folder that already holds a system is copied.
set -euo pipefail

here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
checkout=$(dirname -- "$here")
root=${1:-}
(($# == 0)) || shift

# shellcheck source=packaging/chroot.sh
source "$here/chroot.sh"
trap leave EXIT

# What a clone of the working tree would hold, at a path with a space in it.
copy_checkout() {
    mkdir -p "$root/home/new user/starling"
    git -C "$checkout" ls-files -z --cached --others --exclude-standard |
        while IFS= read -rd '' file; do [[ ! -e $checkout/$file ]] || printf '%s\0' "$file"; done |
        tar -C "$checkout" --null -T - -cf - | tar -C "$root/home/new user/starling" -xf -
}

start() { # label, how to enter, arguments of run.sh...
    local began ended status=0 label=$1
    shift
    began=$(date +%s%3N)
    "$@" || status=$?
    ended=$(date +%s%3N)
    printf 'fresh machine: %s: exit %d after %d.%03d s\n' "$label" "$status" $(((ended - began) / 1000)) $(((ended - began) % 1000))
    return "$status"
}

make_system
pass_network_settings
copy_checkout
user_home='/home/new user'
run="$user_home/starling/run.sh"
start 'first start' inside "$run" "$@"
# No network: the second start finds everything made.
start 'second start, no network' inside unshare --net -- "$run" "$@"
