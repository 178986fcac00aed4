#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds the story in C++ against an installed tree that was moved, by find_package and by pkg-config, and runs it."""
import pathlib
import re
import shlex
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import installed  # pylint: disable=wrong-import-position

STORY = installed.SOURCE / "examples/cpp/story.cpp"
compiler = installed.cxx()
with installed.moved_prefix() as (folder, prefix, environment):
    flags = shlex.split(installed.run(["pkg-config", "--cflags", "--libs", "gopm"], env=environment))
    installed.run([compiler, "-std=c++17", "-Wall", "-Werror", "-o", folder / "by-pkg-config", STORY, *flags])
    installed.check_story([folder / "by-pkg-config"], STORY, env=environment)

    # The program that README.md of the binding shows.
    readme = (pathlib.Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")
    (folder / "readme.cpp").write_text(re.search(r"^```cpp\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)[1], encoding="utf-8")
    installed.run([compiler, "-std=c++17", "-Wall", "-Werror", "-o", folder / "readme", folder / "readme.cpp", *flags])
    (folder / "core").symlink_to(installed.CORE)
    (folder / "server").symlink_to(installed.EXE)
    output = installed.run([folder / "readme"], env=environment, cwd=folder).splitlines()
    assert output[0] == "1000 main.(*Metrics).CountS" and "100 server" in output and "1. deadlock, likely" in output[6], output

    (folder / "CMakeLists.txt").write_text(f"""cmake_minimum_required(VERSION 3.25)
project(story CXX)
find_package(gopm REQUIRED)
add_executable(story {STORY})
target_compile_features(story PRIVATE cxx_std_17)
target_link_libraries(story gopm::gopm)
""", encoding="utf-8")
    installed.run(["cmake", "-G", "Ninja", "-S", folder, "-B", folder / "build", f"-DCMAKE_PREFIX_PATH={prefix}", f"-DCMAKE_CXX_COMPILER={compiler}"])
    installed.run(["cmake", "--build", folder / "build"])
    installed.check_story([folder / "build/story"], STORY)
