#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs missing packages, builds the library and the command, and tells a story with the sample core: why did this
# server stop answering? Works on Debian 12 and Ubuntu 24.04.
set -eu
cd "$(dirname "$0")"

# A test that has built gopm already sets GOPM_STORY_BUILT.
if [ -z "${GOPM_STORY_BUILT:-}" ]; then
	. scripts/packages.sh
	install_packages $BUILD_PACKAGES
	echo "building, which takes a minute or two"
	cmake --preset release -DGOPM_BUILD_TESTS=OFF -DGOPM_WERROR=OFF >build.log 2>&1 && cmake --build --preset release >>build.log 2>&1 || {
		cat build.log
		exit 1
	}
	rm -f build.log
fi

PATH="$PWD/build/release/examples:$PATH"
mkdir -p build/story
ln -sf ../../examples/story/sample/core.zst build/story/core
ln -sf ../../examples/story/sample/server build/story/server
cd build/story

say() {
	printf '\n%s\n' "$*"
}

run() {
	shown=gopm
	for word in "$@"; do
		case "$word" in
		*[*\ ]*) shown="$shown '$word'" ;;
		*) shown="$shown $word" ;;
		esac
	done
	printf '\n$ %s\n' "$shown"
	gopm "$@"
}

say "A Go HTTP server stopped answering under 1000 connections. Somebody took a core with gcore."
run info core server
say "What do its goroutines do? Count them by the user's function and line:"
run goroutines --group-by user core server
say "A thousand handlers send to a channel. Who receives? The goroutine that startInChannelConsumer started:"
run goroutines --where 'start=*startInChannelConsumer' core server
id=$(gopm goroutines --where 'start=*startInChannelConsumer' core server | sed -n 's/.*Goroutine \([0-9]*\) .*/\1/p')
say "Its whole stack, with arguments and locals:"
run stack -g "$id" --full --max-fields 6 core server
say "It sends too. To which channel? Count goroutines by the object that they wait on:"
run goroutines --group-by object --limit 1 core server
say "The only consumer of a full channel is itself blocked sending to it. That is the bug: watchQueue in
examples/story/metrics.go calls SetM, which sends to the channel that watchQueue's caller drains.

To ask more, put gopm on your PATH and go to the sample:

    export PATH=\"\$PWD/build/release/examples:\$PATH\"
    cd build/story
    gopm --help"
