#!/usr/bin/env bash
# Lets Starling ask for the right to set the NPU's power mode: puts the root-owned helper and its polkit policy into the
# system. The .deb brings both; this is for a checkout.
#
#   sudo packaging/linux/install-power.sh [--dry-run] [--remove] [--root FOLDER]
#
# FOLDER stands for / (for packages). Running it again changes nothing.
set -euo pipefail

here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
HELPER=/usr/libexec/starling/starling-power
POLICY=/usr/share/polkit-1/actions/io.github.starling.Starling.power.policy
dry='' remove='' root=''

say() { printf 'install-power: %s\n' "$*"; }
fail() {
    printf 'install-power: %s\n' "$*" >&2
    exit "${2:-1}"
}
usage() {
    printf 'usage: install-power.sh [--dry-run] [--remove] [--root FOLDER]\n' >&2
    exit 2
}

while (($#)); do
    case $1 in
    --dry-run) dry=1 ;;
    --remove) remove=1 ;;
    --root)
        [[ -n ${2:-} ]] || usage
        root=${2%/}
        shift
        ;;
    *) usage ;;
    esac
    shift
done

act() {
    if [[ -n $dry ]]; then
        say "would run: $(printf '%q ' "$@")"
    else
        "$@"
    fi
}

put() { # mode, source, target
    local target=$root$3
    if [[ -f $target && ! -L $target && $(stat -c %a -- "$target") == "${1#0}" ]] && cmp -s -- "$2" "$target"; then
        say "$3 is there already"
        return
    fi
    # A new file under the final name in one step: what runs meanwhile sees the old one or the new one.
    act install -D -m "$1" -- "$2" "$target.new"
    act mv -f -T -- "$target.new" "$target"
    [[ -n $dry ]] || say "$3 installed"
}

take_away() { # target
    if [[ -e $root$1 || -L $root$1 ]]; then
        act rm -f -- "$root$1"
        [[ -n $dry ]] || say "$1 removed"
    else
        say "$1 is not there"
    fi
}

[[ -n $root || -n $dry || $EUID == 0 ]] || fail "only root may change the system; run it with sudo, or with --dry-run"
umask 022
if [[ -n $remove ]]; then
    take_away "$POLICY"
    take_away "$HELPER"
    [[ -n $dry || ! -d $root${HELPER%/*} ]] || rmdir --ignore-fail-on-non-empty -- "$root${HELPER%/*}"
else
    [[ -n $root || -x /usr/bin/python3 ]] || fail "the helper needs /usr/bin/python3"
    put 0755 "$here/power/starling-power" "$HELPER"
    put 0644 "$here/power/io.github.starling.Starling.power.policy" "$POLICY"
    [[ -n $root || -x /usr/bin/pkexec ]] || say "pkexec (polkit) is not installed: Starling can not ask without it"
fi
