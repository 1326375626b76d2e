#!/usr/bin/env bash
# Puts Starling into the desktop's menu: the .desktop file, the metainfo and the icon, below a data folder.
#
#   packaging/linux/install.sh [--remove] [FOLDER]     (default: the user's, ~/.local/share)
#
# From a checkout the menu entry starts its run.sh; PROGRAM names another command.
set -euo pipefail

here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
checkout=$(readlink -f -- "$here/../..")
APP_ID=io.github.starling.Starling
remove=
[[ ${1:-} != --remove ]] || { remove=1 && shift; }
share=${1:-${XDG_DATA_HOME:-$HOME/.local/share}}
program=${PROGRAM:-$checkout/run.sh}

desktop=$share/applications/$APP_ID.desktop
metainfo=$share/metainfo/$APP_ID.metainfo.xml
icon=$share/icons/hicolor/scalable/apps/$APP_ID.svg

# As the Desktop Entry Specification quotes an argument of Exec, inside a string of a .desktop file.
quoted() {
    local text=$1
    text=${text//\\/\\\\\\\\}
    text=${text//\"/\\\\\"}
    text=${text//\`/\\\\\`}
    text=${text//\$/\\\\\$}
    printf '"%s"' "${text//%/%%}"
}

if [[ -n $remove ]]; then
    rm -f -- "$desktop" "$metainfo" "$icon"
else
    install -Dm644 -- "$here/$APP_ID.metainfo.xml" "$metainfo"
    install -Dm644 -- "$checkout/resources/icons/starling.svg" "$icon"
    mkdir -p -- "${desktop%/*}"
    if [[ $program == starling ]]; then # on the PATH, as the packages have it
        cp -- "$here/$APP_ID.desktop" "$desktop"
    else
        while IFS= read -r line; do
            case $line in
            Exec=*) line=Exec=$(quoted "$program") ;;
            TryExec=*) line=TryExec=$program ;;
            esac
            printf '%s\n' "$line"
        done <"$here/$APP_ID.desktop" >"$desktop"
    fi
    chmod 644 -- "$desktop"
fi
# Caches that nothing else renews in a user's folder; a package's are looked after by the desktop's triggers.
if [[ $share == "${XDG_DATA_HOME:-$HOME/.local/share}" ]]; then
    ! command -v update-desktop-database >/dev/null || update-desktop-database -q "$share/applications" || true
fi
