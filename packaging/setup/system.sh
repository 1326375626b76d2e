# shellcheck shell=bash
# Finds the system libraries that Starling needs and installs what is missing. Sourced by run.sh and test.sh.

# look for | what it is for | apt package | dnf package | pacman package
# A plain name is looked up in the linker's cache, one with a slash below the library folders.
LIBRARIES='
libportaudio.so.2|microphone and speaker|libportaudio2|portaudio|portaudio
alsa-lib/libasound_module_pcm_pulse.so|sound through PulseAudio or PipeWire|libasound2-plugins|alsa-plugins-pulseaudio|alsa-plugins
libstdc++.so.6|speech engines|libstdc++6|libstdc++|gcc-libs
libEGL.so.1|window|libegl1|libglvnd-egl|libglvnd
libGL.so.1|window|libgl1|libglvnd-glx|libglvnd
libglib-2.0.so.0|window|libglib2.0-0|glib2|glib2
libfontconfig.so.1|window|libfontconfig1|fontconfig|fontconfig
libfreetype.so.6|window|libfreetype6|freetype|freetype2
libdbus-1.so.3|window|libdbus-1-3|dbus-libs|dbus
libxkbcommon.so.0|window|libxkbcommon0|libxkbcommon|libxkbcommon
libxkbcommon-x11.so.0|window|libxkbcommon-x11-0|libxkbcommon-x11|libxkbcommon-x11
libX11-xcb.so.1|window|libx11-xcb1|libX11-xcb|libx11
libxcb-cursor.so.0|window|libxcb-cursor0|xcb-util-cursor|xcb-util-cursor
libxcb-icccm.so.4|window|libxcb-icccm4|xcb-util-wm|xcb-util-wm
libxcb-keysyms.so.1|window|libxcb-keysyms1|xcb-util-keysyms|xcb-util-keysyms
libxcb-image.so.0|window|libxcb-image0|xcb-util-image|xcb-util-image
libxcb-render-util.so.0|window|libxcb-render-util0|xcb-util-renderutil|xcb-util-renderutil
libxcb-shape.so.0|window|libxcb-shape0|libxcb|libxcb
libwayland-client.so.0|window|libwayland-client0|libwayland-client|wayland
libwayland-cursor.so.0|window|libwayland-cursor0|libwayland-cursor|wayland
'
# Programs that tests use; a test skips with a reason when its program is absent.
TEST_PROGRAMS='
pulseaudio|tests with sound|pulseaudio|pulseaudio|pulseaudio
pactl|tests with sound|pulseaudio-utils|pulseaudio-utils|libpulse
g++|tests of NPU kernels|g++|gcc-c++|gcc
shellcheck|checks of the scripts|shellcheck|ShellCheck|shellcheck
Xvfb|tests of the window|xvfb|xorg-x11-server-Xvfb|xorg-server-xvfb
openbox|tests of the window|openbox|openbox|openbox
xdotool|tests of the window|xdotool|xdotool|xdotool
xprop|tests of the window|x11-utils|xprop|xorg-xprop
trayer|tests of the tray|trayer|trayer|trayer
desktop-file-validate|checks of the packaging|desktop-file-utils|desktop-file-utils|desktop-file-utils
appstreamcli|checks of the packaging|appstream|appstream|appstream
'

say() { printf 'starling: %s\n' "$*" >&2; }

# Lines of the table whose library is not there.
missing_libraries() {
    local cache target row
    cache=$(PATH=$PATH:/usr/sbin:/sbin ldconfig -p 2>/dev/null) || cache=
    while IFS= read -r row; do
        target=${row%%|*}
        [[ -z $target ]] || has_library "$target" "$cache" || printf '%s\n' "$row"
    done <<<"$LIBRARIES"
}

has_library() { # name, output of ldconfig -p
    case $1 in
    */*) in_library_folders "$1" ;;
    *) in_cache "$1" "$2" || in_library_folders "$1" ;;
    esac
}

in_cache() { # A 32-bit library of that name does not help a 64-bit Python.
    local kind=
    [[ $(uname -m) != x86_64 ]] || kind='x86-64'
    [[ $2 =~ (^|$'\n')$'\t'"$1 ("[^$'\n']*"$kind" ]]
}

in_library_folders() {
    local folder
    for folder in /usr/lib/"$(uname -m)"-linux-gnu /usr/lib64 /usr/lib /lib64 /lib /usr/local/lib; do
        [[ ! -e $folder/$1 ]] || return 0
    done
    return 1
}

missing_programs() {
    local program row
    while IFS= read -r row; do
        program=${row%%|*}
        [[ -z $program ]] || command -v "$program" >/dev/null || printf '%s\n' "$row"
    done <<<"$TEST_PROGRAMS"
}

package_manager() { # prints the table's column and the manager's name
    if command -v apt-get >/dev/null; then
        echo 3 apt-get
    elif command -v dnf >/dev/null; then
        echo 4 dnf
    elif command -v pacman >/dev/null; then
        echo 5 pacman
    else
        return 1
    fi
}

# The command that installs the packages named in the arguments, without sudo.
install_command() { # manager, packages...
    local manager=$1
    shift
    case $manager in
    apt-get) echo "apt-get install -y --no-install-recommends $*" ;;
    dnf) echo "dnf install -y $*" ;;
    # Refreshing the package list alone is a partial upgrade on Arch: only where there is no list yet.
    pacman) [[ -e /var/lib/pacman/sync/core.db ]] && echo "pacman -S --needed --noconfirm $*" ||
        echo "pacman -Sy --needed --noconfirm $*" ;;
    esac
}

# Runs a command as root: directly, by sudo without a password, or by sudo on a terminal. 126: no way to.
as_root() {
    if ((EUID == 0)); then
        "$@"
    elif ! command -v sudo >/dev/null; then
        return 126
    elif sudo -n true 2>/dev/null; then
        sudo -n "$@"
    elif [[ -t 0 && -t 2 ]]; then
        say "sudo asks for your password to run: $*"
        sudo "$@"
    else
        return 126
    fi
}

# Installs the packages of the given table rows. Fails when it cannot; the exact command has been printed then.
install_rows() { # rows, one a line
    local column manager command packages
    read -r column manager < <(package_manager) || {
        say "no apt, dnf or pacman here: install by your own means what provides $(cut -d'|' -f1 <<<"$1" | paste -sd' ')"
        return 1
    }
    packages=$(cut -d'|' -f"$column" <<<"$1" | sort -u | paste -sd' ')
    # Package names hold no spaces: splitting them is meant.
    # shellcheck disable=SC2086
    command=$(install_command "$manager" $packages)
    say "missing on this system: $(cut -d'|' -f1 <<<"$1" | paste -sd' ')"
    # A foreign package source that cannot be reached must not stop the others.
    [[ $manager != apt-get ]] || as_root apt-get update -qq || true
    # shellcheck disable=SC2086
    as_root env DEBIAN_FRONTEND=noninteractive $command || {
        say "could not install them; to do it yourself: sudo $command"
        return 1
    }
}

# Libraries, and with "dev" the programs of the tests. Nothing in the tables is essential: Starling says what it lacks.
ensure_libraries() { # dev or user
    local rows
    rows=$(missing_libraries)
    [[ $1 != dev ]] || rows+=$'\n'$(missing_programs)
    rows=$(sed '/^$/d' <<<"$rows")
    [[ -z $rows ]] || install_rows "$rows" ||
        say "going on without: $(cut -d'|' -f2 <<<"$rows" | sort -u | paste -sd, | sed 's/,/, /g')"
}
