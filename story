#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds the library and the command, and tells the story on the
# sample core: why did this server stop answering? Works on Debian 12 and Ubuntu 24.04.
set -eu
cd "$(dirname "$0")"
. scripts/packages.sh

install_packages $BUILD_PACKAGES
cmake --preset release -DGOPM_BUILD_TESTS=OFF -DGOPM_WERROR=OFF >build.log 2>&1 && cmake --build --preset release >>build.log 2>&1 || {
	cat build.log
	exit 1
}
rm -f build.log

gopm=build/release/examples/gopm
core="examples/story/sample/core.zst examples/story/sample/server"

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
	printf '\n$ %s CORE EXE\n' "$shown"
	# $core is two words.
	$gopm "$@" $core
}

say "A Go HTTP server stopped answering under 1000 connections. Somebody took a core with gcore."
run info
say "What do its goroutines do? Counted by the user's function and line:"
run goroutines --group-by user
say "A thousand handlers send a metric. Who receives? The goroutine started by startInChannelConsumer:"
run goroutines --where 'start=*startInChannelConsumer'
id=$($gopm goroutines --where 'start=*startInChannelConsumer' $core | sed -n 's/.*Goroutine \([0-9]*\) .*/\1/p')
say "Its whole stack, with arguments and locals:"
run stack -g "$id" --full --max-fields 6
say "It sends as well. To which channel? Goroutines counted by what they wait on:"
run goroutines --group-by object --limit 1
say "The only consumer of a full channel is itself blocked sending to it. That is why.
(examples/story/metrics.go, watchQueue)

The command is $gopm; everything it knows comes through include/gopm/*.h."
