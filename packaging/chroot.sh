# shellcheck shell=bash
# A fresh Debian in a chroot, with this machine's network settings. Sourced by the tests that need one, which run as
# root and have debootstrap and a network.
#
# make_system uses $root: a folder, or empty for a temporary one; one that already holds a system is used. SUITE chooses
# the release. Put "trap leave EXIT" before it.

leave() {
    umount -l -R "$root/proc" "$root/dev" 2>/dev/null || true
    [[ -z ${temporary:-} ]] || rm -rf --one-file-system -- "$temporary"
}

make_system() {
    [[ -n $root ]] || { temporary=$(mktemp -d) && root=$temporary && chmod 755 "$root"; } # for users too
    [[ -x $root/usr/bin/apt-get ]] || debootstrap --variant=minbase "${SUITE:-bookworm}" "$root" >&2
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

# The caller's environment less what belongs to its own programs. $user_home: HOME inside.
inside() { # command...
    env -u VIRTUAL_ENV -u PYTHONPATH -u PYTHONHOME -u PIP_FIND_LINKS "${certificates[@]}" \
        HOME="${user_home:-/root}" LC_ALL=C.UTF-8 TMPDIR=/tmp \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin chroot "$root" "$@"
}
