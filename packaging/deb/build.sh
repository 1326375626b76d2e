#!/usr/bin/env bash
# Builds starling_VERSION_ARCHITECTURE.deb: Starling with its Python packages, below /usr/lib/starling.
#
#   packaging/deb/build.sh [FOLDER]      (default: dist; prints the path of the package)
#
# Only the Python packages of uv.lock are fetched, and nothing is compiled. The package fits the Python of the system
# that builds it; docs/packaging.md tells why.
set -euo pipefail

here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
checkout=$(readlink -f -- "$here/../..")
# shellcheck source=packaging/setup/system.sh
source "$checkout/packaging/setup/system.sh"
# shellcheck source=packaging/setup/environment.sh
source "$checkout/packaging/setup/environment.sh"

HOME_FOLDER=/usr/lib/starling # of the installed package
OLDEST_GLIBC=2.34             # what the wheels of PySide6 ask for
SYSTEM_PYTHON=/usr/bin/python3
COMPRESSION=(-Zzstd -z12)
# What no program of ours opens: developers' tools, QML, headers, other programs' translations.
UNUSED=(include glue typesystems scripts doc support Qt/qml Qt/libexec Qt/metatypes Qt/plugins/designer
    Qt/plugins/qmltooling Qt/plugins/sqldrivers Qt/plugins/qmllint assistant designer linguist lrelease lupdate
    qmlformat qmllint qmlls balsam balsamui qsb svgtoqml)

build_environment() { # stage
    CHECKOUT=$checkout BASE=$checkout ENVIRONMENT=$1$HOME_FOLDER
    python_passes "$SYSTEM_PYTHON" "(3, $OLDEST_PYTHON) <= sys.version_info[:2] <= (3, $NEWEST_PYTHON)" ||
        fail "this system's Python is not 3.$OLDEST_PYTHON to 3.$NEWEST_PYTHON: build on a system that has one."
    python=$("$SYSTEM_PYTHON" -I -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
    [[ -d $BASE/.venv-uv ]] || mkdir -p "$BASE/.venv-uv"
    make_uv
    export UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy
    local options=(--locked --no-dev --python "$SYSTEM_PYTHON")
    run_uv sync "${options[@]}" --no-build --no-install-project >&2
    run_uv sync "${options[@]}" --no-editable >&2
    packages=$ENVIRONMENT/lib/$python/site-packages
}

# An environment made here works there: its paths are those of the installed package.
move_environment() {
    local bin=$ENVIRONMENT/bin
    rm -rf -- "$bin" "${ENVIRONMENT:?}"/{CACHEDIR.TAG,.gitignore,.lock,lib64}
    mkdir "$bin"
    ln -s "/usr/bin/$python" "$bin/python3"
    ln -s python3 "$bin/python"
    printf 'home = /usr/bin\ninclude-system-site-packages = false\nversion = %s\n' "${python#python}" \
        >"$ENVIRONMENT/pyvenv.cfg"
    # -I: what stands in the user's environment or current folder changes nothing.
    printf '#!%s/bin/python3 -I\nimport sys\n\nfrom starling.__main__ import main\n\nsys.exit(main())\n' "$HOME_FOLDER" \
        >"$bin/starling"
    chmod 755 "$bin/starling"
}

leave_out_unused() {
    local name
    for name in "${UNUSED[@]}"; do rm -rf -- "$packages/PySide6/$name"; done
    find "$packages/PySide6/Qt/translations" -name '*.qm' ! -name 'qtbase_*' -delete
    find "$packages" \( -name '*.pyi' -o -name 'direct_url.json' -o -name uv_cache.json \) -delete
    find "$packages" -name __pycache__ -prune -exec rm -rf -- {} +
}

# Users cannot write there, so the compiled files come along; nothing is to appear beside them later.
compile() { # stage
    "$SYSTEM_PYTHON" -I -m compileall -q -j 0 --invalidation-mode unchecked-hash -s "$1" -p / "$packages" >&2 ||
        say "some files of other packages do not compile (they are not for this Python); going on."
}

install_files() { # stage
    local share=$1/usr/share
    mkdir -p "$1/usr/bin"
    ln -s ../lib/starling/bin/starling "$1/usr/bin/starling"
    PROGRAM=starling "$checkout/packaging/linux/install.sh" "$share"
    "$checkout/packaging/linux/install-power.sh" --root "$1" >&2
    sed -i "1s|.*|#!/usr/bin/$python -IS|" "$1/usr/libexec/starling/starling-power" # the one that the package needs
    install -Dm644 "$here/copyright" "$share/doc/starling/copyright"
    install -Dm644 "$checkout/NOTICE" "$share/doc/starling/NOTICE"
    "$SYSTEM_PYTHON" -I "$here/third_party.py" "$packages" >"$share/doc/starling/third-party.txt"
    gzip -9nc "$checkout/CHANGELOG.md" >"$share/doc/starling/changelog.gz"
}

# The system libraries of the table, by their Debian names.
dependencies() {
    echo "$python"
    echo "libc6 (>= $OLDEST_GLIBC)"
    sed '/^$/d' <<<"$LIBRARIES" | cut -d'|' -f3 | sort -u
}

control() { # stage
    mkdir "$1/DEBIAN"
    cat >"$1/DEBIAN/control" <<EOF
Package: starling
Version: $version
Architecture: $architecture
Maintainer: The Starling authors <starling@localhost>
Installed-Size: $(du -k -s --apparent-size "$1/usr" | cut -f1)
Depends: $(dependencies | paste -sd, | sed 's/,/, /g')
Recommends: pipewire-pulse | pulseaudio
Suggests: pkexec | policykit-1
Section: sound
Priority: optional
Description: voice assistant and dictation on your own machine
 Starling listens, understands with Whisper, answers aloud, and says only what
 it measured. Nothing you say leaves the machine.
 .
 This package brings its Python packages with it and as a whole is distributed
 under the GNU General Public License, version 3 or later, because espeak-ng
 and phonemizer are among them. Starling's own code is Apache-2.0.
EOF
    (cd "$1" && find usr -type f -print0 | sort -z | xargs -0 md5sum) >"$1/DEBIAN/md5sums"
}

target=${1:-$checkout/dist}
stage=$(mktemp -d)
trap 'rm -rf -- "$stage"' EXIT
chmod 755 "$stage"
umask 022
version=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' "$checkout/app/starling/__init__.py")
architecture=$(dpkg --print-architecture)

build_environment "$stage"
move_environment
leave_out_unused
compile "$stage"
install_files "$stage"
chmod -R u+rwX,go+rX,go-w "$stage/usr"
control "$stage"
mkdir -p "$target"
package=$target/starling_${version}_$architecture.deb
dpkg-deb --root-owner-group "${COMPRESSION[@]}" --build "$stage" "$package" >&2
echo "$package"
