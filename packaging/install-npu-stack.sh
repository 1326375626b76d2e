#!/usr/bin/env bash
# Installs what the NPU of a Ryzen AI laptop needs on Linux: XRT and its plugin, the memory limits, the group of the
# device, and the compiler of Starling's kernels in an environment of its own. What is right already is left alone.
#
#   packaging/install-npu-stack.sh [--dry-run] [--no-toolchain] [--environment FOLDER] [--user NAME] [--root FOLDER]
#
# --dry-run prints every command and runs none. FOLDER of --root stands for / when looking at the system (for tests,
# with --dry-run only). Supported: Debian 13, Ubuntu 24.04 and 26.04, Fedora, Arch. The driver comes with the kernel
# (Linux 6.14 or newer); this script says what is wrong with it and changes no kernel.
set -euo pipefail

MLIR_AIE=1.4.2
MLIR_AIE_PAGE=https://github.com/Xilinx/mlir-aie/releases/expanded_assets/v$MLIR_AIE
PEANO_PAGE=https://github.com/Xilinx/llvm-aie/releases/expanded_assets/nightly
OLDEST_PYTHON=11 # of mlir-aie's wheels
NEWEST_PYTHON=14
OLDEST_KERNEL=6.14
MEMLOCK_KB=65536 # XRT locks a heap of 64 MB for each process
LIMITS=/etc/security/limits.d/99-amdxdna.conf
UNIT=/etc/systemd/system/user@.service.d/99-amdxdna.conf
BACKPORTS=/etc/apt/sources.list.d/trixie-backports.sources

dry='' toolchain=1 root='' environment='' user=${SUDO_USER:-${USER:-$(id -un)}} changed='' again=''

say() { printf 'install-npu-stack: %s\n' "$*"; }
fail() {
    printf 'install-npu-stack: %s\n' "$*" >&2
    exit 1
}
usage() {
    printf 'usage: install-npu-stack.sh [--dry-run] [--no-toolchain] [--environment FOLDER] [--user NAME] [--root FOLDER]\n' >&2
    exit 2
}

while (($#)); do
    case $1 in
    --dry-run) dry=1 ;;
    --no-toolchain) toolchain='' ;;
    --environment | --user | --root)
        [[ -n ${2:-} ]] || usage
        case $1 in
        --environment) environment=$2 ;;
        --user) user=$2 ;;
        --root) root=${2%/} ;;
        esac
        shift
        ;;
    *) usage ;;
    esac
    shift
done
[[ -z $root || -n $dry ]] || fail "--root is for looking only; add --dry-run"
[[ $user =~ ^[a-z_][a-z0-9_.-]*\$?$ ]] || fail "$user is no user name"

quoted() { # a command as it can be typed
    local word line=''
    for word in "$@"; do line+=" $(printf '%q' "$word")"; done
    printf '%s\n' "${line# }"
}

act() { # a command that changes something, as whoever runs this
    changed=1
    say "run: $(quoted "$@")"
    [[ -n $dry ]] || "$@"
}

as_root() { # alike, as root
    if ((EUID == 0)); then
        act "$@"
    else
        [[ -n $dry ]] || command -v sudo >/dev/null || fail "this needs root, and there is no sudo: $(quoted "$@")"
        act sudo "$@"
    fi
}

put() { # file, text: written in one step
    as_root install -d -m 0755 "${1%/*}"
    as_root sh -c "printf '%s\\n' \"\$2\" >\"\$1.new\" && chmod 0644 \"\$1.new\" && mv -f \"\$1.new\" \"\$1\"" sh "$1" "$2"
}

field() { # name: of os-release
    sed -n "s/^$1=//p" "$root/etc/os-release" 2>/dev/null | tail -n 1 | tr -d "\"'"
}

has_file() { # patterns below the root
    local pattern
    for pattern in "$@"; do
        compgen -G "$root$pattern" >/dev/null && return 0
    done
    return 1
}

# --- the system ---------------------------------------------------------------------------------------------------

choose_system() {
    [[ $(uname -s) == Linux ]] || fail "this is for Linux only"
    [[ $(uname -m) == x86_64 ]] || fail "the NPU is in x86-64 processors only; this is $(uname -m)"
    local id version
    id=$(field ID) version=$(field VERSION_ID)
    case $id:$version in
    debian:13*) system=debian ;;
    ubuntu:24.04) system=ubuntu-2404 ;;
    ubuntu:26.04) system=ubuntu ;;
    fedora:*) system=fedora ;;
    arch:*) system=arch ;;
    debian:*) fail "Debian ${version:-without a number} has no XRT for the NPU; upgrade to Debian 13" ;;
    ubuntu:*) fail "Ubuntu $version is not supported: XRT for the NPU is made for 24.04 and 26.04" ;;
    :*) fail "/etc/os-release does not tell which system this is" ;;
    *) fail "$id $version is not supported: packages of XRT for the NPU are known for Debian 13, Ubuntu 24.04 and 26.04, Fedora and Arch; on another system build it from https://github.com/amd/xdna-driver" ;;
    esac
    say "system: $(field PRETTY_NAME)"
}

check_driver() {
    local release
    release=$(cat "$root/proc/sys/kernel/osrelease" 2>/dev/null || uname -r)
    if has_file '/dev/accel/accel*' && has_file /sys/module/amdxdna; then
        say "driver: amdxdna is loaded (kernel $release)"
    elif [[ $(printf '%s\n%s\n' "$OLDEST_KERNEL" "${release%%-*}" | sort -V | head -n 1) != "$OLDEST_KERNEL" ]]; then
        say "driver: kernel $release is too old, $OLDEST_KERNEL or newer brings amdxdna; starling doctor says how to get it"
    elif has_file /sys/module/amdxdna; then
        say "driver: amdxdna is loaded, and there is no /dev/accel: firmware is missing, or the NPU is off; see starling doctor"
    else
        say "driver: amdxdna is not loaded: no NPU, IOMMU off, or the kernel was built without it; see starling doctor"
    fi
}

# --- XRT ----------------------------------------------------------------------------------------------------------

has_xrt() {
    has_file '/usr/lib*/libxrt_driver_xdna.so*' '/usr/lib/x86_64-linux-gnu/libxrt_driver_xdna.so*' \
        '/opt/xilinx/xrt/lib*/libxrt_driver_xdna.so*'
}
has_xclbinutil() { has_file /usr/bin/xclbinutil /opt/xilinx/xrt/bin/xclbinutil; }

install_xrt() {
    if has_xrt && has_xclbinutil; then
        say "xrt: is there"
        return
    fi
    case $system in
    debian)
        if ! grep -rqs trixie-backports "$root/etc/apt/sources.list" "$root/etc/apt/sources.list.d"; then
            put "$BACKPORTS" "Types: deb
URIs: http://deb.debian.org/debian
Suites: trixie-backports
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg"
        fi
        as_root apt-get update
        # Without the suite, python3-xrt is another program: an X-ray tracer.
        as_root apt-get install -y -t trixie-backports libxrt2 libxrt-npu2 libxrt-utils libxrt-utils-npu libxrt-dev python3-xrt
        ;;
    ubuntu)
        as_root apt-get update
        as_root apt-get install -y libxrt2 libxrt-npu2 libxrt-utils libxrt-utils-npu libxrt-dev python3-xrt
        ;;
    ubuntu-2404)
        say "xrt: Ubuntu 24.04 has no packages; download AMD's RAI_1.8_Linux_NPU_XRT.zip (ryzenai.docs.amd.com), unpack it,"
        say "xrt: and run in its folder: sudo apt-get install -y ./xrt_*-base.deb ./xrt_*-base-dev.deb ./xrt_*-npu.deb ./xrt_plugin*.deb"
        again="XRT has to be installed by hand (see above)"
        ;;
    fedora)
        as_root dnf install -y xrt xrt-devel
        say "xrt: if starling doctor misses the plugin afterwards, build it from https://github.com/amd/xdna-driver"
        ;;
    arch) as_root pacman -S --needed --noconfirm xrt xrt-plugin-amdxdna ;;
    esac
}

# --- limits and group ---------------------------------------------------------------------------------------------

enough() { # a limit in kB, or a word
    [[ $1 == unlimited || $1 == infinity || $1 == -1 ]] || { [[ $1 =~ ^[0-9]+$ ]] && (($1 >= MEMLOCK_KB)); }
}

limits_set() { # both limits, for everybody or for render
    local who kind item value file soft='' hard=''
    for file in "$root"/etc/security/limits.conf "$root"/etc/security/limits.d/*.conf; do
        [[ -r $file ]] || continue
        while read -r who kind item value _; do
            [[ $item == memlock && ($who == '*' || $who == @render) ]] || continue
            enough "$value" || continue
            [[ $kind != soft && $kind != - ]] || soft=1
            [[ $kind != hard && $kind != - ]] || hard=1
        done < <(grep -v '^[[:space:]]*#' "$file" || true)
    done
    [[ -n $soft && -n $hard ]]
}

unit_set() { # systemd starts the sessions, and takes no notice of limits.d
    local file value
    for file in "$root"/etc/systemd/system/user@.service.d/*.conf "$root"/etc/systemd/system.conf.d/*.conf; do
        [[ -r $file ]] || continue
        value=$(sed -n 's/^[[:space:]]*\(Default\)\{0,1\}LimitMEMLOCK=//p' "$file" | tail -n 1)
        [[ -n $value ]] && enough "$value" && return 0
    done
    return 1
}

raise_limits() {
    if limits_set; then
        say "memlock: $LIMITS or another file raises it already"
    else
        put "$LIMITS" "* - memlock unlimited"
        again=${again:-restart the computer}
    fi
    if ! has_file /run/systemd/system; then
        say "memlock: systemd does not run here"
    elif unit_set; then
        say "memlock: systemd's sessions have it already"
    else
        put "$UNIT" "[Service]
LimitMEMLOCK=infinity"
        as_root systemctl daemon-reload
        again=${again:-restart the computer}
    fi
}

join_group() {
    local members
    if ! grep -qs '^render:' "$root/etc/group"; then
        as_root groupadd -r render
    fi
    members=$(sed -n 's/^render:[^:]*:[^:]*://p' "$root/etc/group" 2>/dev/null)
    if [[ ,$members, == *,$user,* || $user == root ]]; then
        say "group: $user is in render"
    else
        as_root usermod -aG render "$user"
        again=${again:-log out and in again}
    fi
}

# --- toolchain ----------------------------------------------------------------------------------------------------

toolchain_python() {
    local minor candidate
    for candidate in python3 $(for ((minor = NEWEST_PYTHON; minor >= OLDEST_PYTHON; minor--)); do echo "python3.$minor"; done); do
        if command -v "$candidate" >/dev/null && "$candidate" -I -c "import sys, venv, ensurepip
sys.exit(not (3, $OLDEST_PYTHON) <= sys.version_info[:2] <= (3, $NEWEST_PYTHON))" 2>/dev/null; then
            echo "$candidate"
            return 0
        fi
    done
    return 1
}

install_toolchain() {
    local home python sites
    home=$(getent passwd "$user" 2>/dev/null | cut -d: -f6) || home=
    environment=${environment:-${home:-$HOME}/ironenv}
    sites="$root$environment/lib/python3*/site-packages"
    if compgen -G "$sites/mlir_aie-$MLIR_AIE*.dist-info" >/dev/null && compgen -G "$sites/llvm_aie-*.dist-info" >/dev/null; then
        say "toolchain: mlir-aie $MLIR_AIE and Peano are in $environment"
        return
    fi
    if ! python=$(toolchain_python); then
        case $system in
        debian | ubuntu | ubuntu-2404) as_root apt-get install -y python3 python3-venv ;;
        fedora) as_root dnf install -y python3 ;;
        arch) as_root pacman -S --needed --noconfirm python ;;
        esac
        python=python3
    fi
    # The environment belongs to who uses it, not to root.
    local run=(act)
    ((EUID != 0)) || [[ $user == root ]] || run=(act runuser -u "$user" --)
    [[ -x $root$environment/bin/python ]] || "${run[@]}" "$python" -m venv "$environment"
    "${run[@]}" "$environment/bin/python" -m pip install "mlir_aie==$MLIR_AIE" -f "$MLIR_AIE_PAGE"
    "${run[@]}" "$environment/bin/python" -m pip install llvm-aie -f "$PEANO_PAGE"
}

choose_system
check_driver
install_xrt
raise_limits
join_group
[[ -z $toolchain ]] || install_toolchain
if [[ -z $changed && -z $again ]]; then
    say "nothing had to be done"
elif [[ -n $dry ]]; then
    say "nothing was done: --dry-run${again:+; after a real run: $again}"
else
    say "done${again:+; now $again}; then: starling doctor"
fi
