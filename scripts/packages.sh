# SPDX-License-Identifier: Apache-2.0
# Sourced by ./story and ./test: installs missing Debian or Ubuntu packages, as root, or with sudo.

BUILD_PACKAGES="gcc libc6-dev cmake ninja-build pkg-config libelf-dev libdwarf-dev libzstd-dev liblzma-dev liblz4-dev
	zlib1g-dev libbz2-dev libiberty-dev"
TEST_PACKAGES="g++ python3 python3-cffi python3-venv python3-tqdm libcmocka-dev valgrind libc6-dbg libdw-dev clang clang-tidy clang-format abigail-tools binutils gdb jq zstd strace
	musl-tools libsqlite3-dev rustc cargo rust-clippy rustfmt bindgen librust-serde-json-dev doxygen mkdocs"

# Prints the packages that are not installed.
missing_packages() {
	for package in "$@"; do
		case "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" in
		installed) ;;
		*) echo "$package" ;;
		esac
	done
}

# True if the program of a package is present without it: a gcc, cmake or python3 of your own.
provided() {
	case "$1" in
	gcc | g++ | cmake | python3 | gdb | jq | zstd | valgrind | rustc | cargo | rustfmt | bindgen) command -v "$1" >/dev/null ;;
	ninja-build) command -v ninja >/dev/null ;;
	rust-clippy) command -v cargo-clippy >/dev/null ;;
	pkg-config) command -v pkg-config >/dev/null ;;
	*) false ;;
	esac
}

install_packages() {
	wanted=
	if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
		echo "no apt-get here; these, or what your system calls them, must be installed:" $* >&2
		return 0
	fi
	for package in $(missing_packages "$@"); do
		provided "$package" || wanted="$wanted $package"
	done
	[ -n "$wanted" ] || return 0
	echo "installing:$wanted"
	if [ "$(id -u)" = 0 ]; then
		sudo=
	elif command -v sudo >/dev/null; then
		sudo=sudo
	else
		echo "neither root nor sudo; install these first:$wanted" >&2
		return 1
	fi
	log=$(mktemp)
	if ! { $sudo apt-get update -q && $sudo env DEBIAN_FRONTEND=noninteractive \
		apt-get install -q -y --no-install-recommends $wanted; } >"$log" 2>&1; then
		cat "$log"
		rm -f "$log"
		return 1
	fi
	rm -f "$log"
}
