# shellcheck shell=bash
# Makes Starling's Python environment and keeps it current. Sourced by run.sh and test.sh after system.sh.
#
# prepare CHECKOUT user|dev sets ENVIRONMENT to a folder whose bin/starling is ready.

UV_VERSION=0.13.9
OLDEST_PYTHON=11 # 3.11
NEWEST_PYTHON=13 # 3.13: pocketsphinx has no wheel for 3.14
# Variables that would make the environment differ from uv.lock.
UV_FOREIGN=(UV_CONFIG_FILE UV_INDEX UV_DEFAULT_INDEX UV_INDEX_URL UV_EXTRA_INDEX_URL UV_FIND_LINKS UV_NO_INDEX
    UV_INDEX_STRATEGY UV_RESOLUTION UV_PRERELEASE UV_EXCLUDE_NEWER UV_CONSTRAINT UV_OVERRIDE UV_BUILD_CONSTRAINT
    UV_PYTHON UV_FROZEN UV_LOCKED UV_NO_SYNC UV_NO_DEV UV_PROJECT UV_NO_BINARY UV_NO_EDITABLE VIRTUAL_ENV)

fail() {
    say "$*"
    exit 1
}

prepare() { # checkout, group
    CHECKOUT=$1 GROUP=$2
    choose_folder
    ! is_current || return 0
    mkdir -p "$BASE/.venv-uv" || fail "the folder $BASE cannot be written; make it writable or free some space, and run this again."
    take_lock
    # Who has the test tools keeps them.
    [[ ! -x $ENVIRONMENT/bin/pytest ]] || GROUP=dev
    is_current || make_environment
    exec 9<&-
}

# The environment lies in the checkout; where that cannot be written, in the user's data folder.
choose_folder() {
    BASE=$CHECKOUT ENVIRONMENT=$CHECKOUT/.venv
    ! is_current || return 0
    if [[ ! -w $CHECKOUT || (-e $ENVIRONMENT && ! -w $ENVIRONMENT) ]]; then
        [[ -n ${XDG_DATA_HOME:-}${HOME:-} ]] || fail "$CHECKOUT cannot be written and HOME is not set; set HOME."
        BASE=${XDG_DATA_HOME:-$HOME/.local/share}/starling/checkout-$(cksum <<<"$CHECKOUT" | cut -d' ' -f1)
        ENVIRONMENT=$BASE/.venv
        is_current || say "$CHECKOUT cannot be written; the environment goes to $ENVIRONMENT."
    fi
}

# One at a time: a second start waits here for the first and then finds its work done.
take_lock() {
    exec 9<"$BASE/.venv-uv"
    ! command -v flock >/dev/null || flock 9
}

# What the environment is made from: it is current while this and its stamp agree.
wanted_stamp() {
    local contents
    contents=$(cat "$CHECKOUT"/{pyproject.toml,uv.lock,packaging/setup/*.sh} | sha256sum)
    echo "${contents%% *} $CHECKOUT $("$ENVIRONMENT/bin/python" -I -S -c 'import sys; print(sys.version)' | tr '\n' ' ')"
}

is_current() {
    local group stamp
    [[ -x $ENVIRONMENT/bin/python && -x $ENVIRONMENT/bin/starling && -r $ENVIRONMENT/starling-stamp ]] || return 1
    { read -r group && read -r stamp; } <"$ENVIRONMENT/starling-stamp" || return 1
    # The environment of the tests holds everything a user needs.
    [[ $group == "$GROUP" || $group == dev ]] && [[ $stamp == "$(wanted_stamp | sed 's/ *$//')" ]]
}

make_environment() {
    say "setting up Starling's environment in $ENVIRONMENT (some minutes, this once) ..."
    [[ ${STARLING_NO_SYSTEM:-} == 1 || $(uname) != Linux ]] || ensure_libraries "$GROUP"
    ensure_bootstrap_python
    make_uv
    sync_packages
    { echo "$GROUP" && wanted_stamp; } >"$ENVIRONMENT/starling-stamp"
}

# Every Python that could be there, the system's own first: vendors' packages (pyxrt) fit that one only.
python_candidates() {
    local minor
    echo /usr/bin/python3
    for ((minor = NEWEST_PYTHON; minor >= OLDEST_PYTHON; minor--)); do echo "/usr/bin/python3.$minor"; done
    type -ap python3 || true
    for ((minor = NEWEST_PYTHON; minor >= OLDEST_PYTHON; minor--)); do type -ap "python3.$minor" || true; done
}

python_passes() { # interpreter, Python expression
    [[ -x $1 ]] && "$1" -I -c "import sys; sys.exit(not ($2))" 2>/dev/null
}

first_python() { # expression
    local candidate
    while IFS= read -r candidate; do
        if python_passes "$candidate" "$1"; then
            echo "$candidate"
            return 0
        fi
    done < <(python_candidates)
    return 1
}

# A Python that can make an environment with pip in it. It may be too old for Starling: uv then brings its own.
bootstrap_python() {
    first_python 'sys.version_info >= (3, 8) and __import__("ensurepip") and __import__("venv")'
}

ensure_bootstrap_python() {
    local row='python3 with venv|Python|python3-venv|python3|python'
    ! bootstrap_python >/dev/null || return 0
    [[ ${STARLING_NO_SYSTEM:-} == 1 || $(uname) != Linux ]] || install_rows "$row" || true
    bootstrap_python >/dev/null || fail "Python 3.$OLDEST_PYTHON or newer with its venv module is needed; install it and run this again."
}

# uv by pip in an environment of its own: the system's pip refuses on many distributions.
make_uv() {
    local tools=$BASE/.venv-uv
    UV=$tools/bin/uv
    [[ $("$UV" --version 2>/dev/null) != "uv $UV_VERSION "* ]] || return 0
    if ! { "$(bootstrap_python)" -m venv --clear "$tools" &&
        "$tools/bin/python" -m pip install --quiet --disable-pip-version-check "uv==$UV_VERSION"; }; then
        fail "the installer uv could not be fetched; check the network and run this again."
    fi
}

run_uv() {
    local name drop=()
    for name in "${UV_FOREIGN[@]}"; do drop+=(-u "$name"); done
    env "${drop[@]}" UV_NO_CONFIG=1 UV_PROJECT_ENVIRONMENT="$ENVIRONMENT" "$UV" --project "$CHECKOUT" "$@"
}

sync_packages() {
    local python downloads=never options=(--locked --python) unfinished=$BASE/.venv-unfinished
    python=$(first_python "(3, $OLDEST_PYTHON) <= sys.version_info[:2] <= (3, $NEWEST_PYTHON) and sys.implementation.name == 'cpython'") ||
        { python=3.$NEWEST_PYTHON downloads=automatic && say "no Python 3.$OLDEST_PYTHON to 3.$NEWEST_PYTHON on this system: uv fetches one."; }
    export UV_PYTHON_DOWNLOADS=$downloads
    # An interrupted installation may have left half a package.
    [[ ! -e $unfinished ]] || rm -rf -- "$ENVIRONMENT"
    : >"$unfinished"
    options+=("$python")
    [[ $GROUP == dev ]] || options+=(--no-dev)
    # Wheels only for what others wrote, so no compiler is needed; only Starling itself is built.
    if ! { run_uv sync "${options[@]}" --no-build --no-install-project --inexact && run_uv sync "${options[@]}"; }; then
        fail "Starling's packages could not be installed (see above); check network and disk space and run this again."
    fi
    rm -f -- "$unfinished"
}
