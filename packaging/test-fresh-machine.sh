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
suite=${SUITE:-bookworm}
root=${1:-}
(($# == 0)) || shift

leave() {
    umount -l -R "$root/proc" "$root/dev" 2>/dev/null || true
    [[ -z ${temporary:-} ]] || rm -rf --one-file-system -- "$temporary"
}
trap leave EXIT

make_system() {
    [[ -n $root ]] || { temporary=$(mktemp -d) && root=$temporary; }
    [[ -x $root/usr/bin/apt-get ]] || debootstrap --variant=minbase "$suite" "$root" >&2
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    mount --make-rslave "$root/dev"
}

pass_network_settings() {
    local file name
    for file in /etc/resolv.conf /etc/hosts /etc/pip.conf; do
        [[ ! -e $file ]] || cp -L -- "$file" "$root$file"
    done
    # Under a name of its own: installing ca-certificates writes the usual one anew.
    file=${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}
    [[ ! -e $file ]] || cp -L -- "$file" "$root/etc/this-network.pem"
    certificates=(-u SSL_CERT_DIR)
    for name in SSL_CERT_FILE PIP_CERT REQUESTS_CA_BUNDLE CURL_CA_BUNDLE; do
        [[ ! -e $root/etc/this-network.pem ]] || certificates+=("$name=/etc/this-network.pem")
    done
}

# What a clone of the working tree would hold, at a path with a space in it.
copy_checkout() {
    mkdir -p "$root/home/new user/starling"
    git -C "$checkout" ls-files -z --cached --others --exclude-standard |
        while IFS= read -rd '' file; do [[ ! -e $checkout/$file ]] || printf '%s\0' "$file"; done |
        tar -C "$checkout" --null -T - -cf - | tar -C "$root/home/new user/starling" -xf -
}

# The caller's environment less what belongs to its own programs.
inside() { # command...
    env -u VIRTUAL_ENV -u PYTHONPATH -u PYTHONHOME -u PIP_FIND_LINKS "${certificates[@]}" \
        HOME='/home/new user' LC_ALL=C.UTF-8 TMPDIR=/tmp \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin chroot "$root" "$@"
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
run='/home/new user/starling/run.sh'
start 'first start' inside "$run" "$@"
# No network: the second start finds everything made.
start 'second start, no network' inside unshare --net -- "$run" "$@"
