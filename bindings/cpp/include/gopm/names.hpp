/* SPDX-License-Identifier: Apache-2.0 */
/* Made by bindings/cpp/generate.py from the headers of include/gopm. Do not edit. */
/**
 * @file gopm/names.hpp
 * Names for the values of constants: names::verdict(GOPM_VERDICT_LEAK) is "leak".
 */
#ifndef GOPM_NAMES_HPP
#define GOPM_NAMES_HPP

#include <cstdint>
#include <gopm/gopm.h>
#include <string_view>

// clang-format off
namespace gopm::names
{

/// The name of a GOPM_BASIS_* in lower case; "unknown": it has none.
inline std::string_view basis(std::uint32_t value) noexcept
{
	switch (value) {
	case 0:
		return "none";
	case 1:
		return "axiom";
	case 2:
		return "reachability";
	case 3:
		return "ownership";
	default:
		return "unknown";
	}
}

/// The name of a GOPM_CERTAINTY_* in lower case; "unknown": it has none.
inline std::string_view certainty(std::uint32_t value) noexcept
{
	switch (value) {
	case 1:
		return "possible";
	case 2:
		return "likely";
	case 3:
		return "certain";
	default:
		return "unknown";
	}
}

/// The name of a GOPM_CHAN_* in lower case; "unknown": it has none.
inline std::string_view chan(std::uint32_t value) noexcept
{
	switch (value) {
	case 0:
		return "unknown";
	case 1:
		return "receive";
	case 2:
		return "send";
	case 3:
		return "both";
	default:
		return "unknown";
	}
}

/// The name of a GOPM_COMPRESSION_* in lower case; "unknown": it has none.
inline std::string_view compression(std::uint32_t value) noexcept
{
	switch (value) {
	case 0:
		return "by name";
	case 1:
		return "none";
	case 2:
		return "zstd";
	default:
		return "unknown";
	}
}

/// The name of a GOPM_DEATH_* in lower case; "unknown": it has none.
inline std::string_view death(std::uint32_t value) noexcept
{
	switch (value) {
	case 0:
		return "none";
	case 1:
		return "signal";
	case 2:
		return "panic";
	case 3:
		return "fatal";
	default:
		return "unknown";
	}
}

/// The name of a GOPM_EDGE_* in lower case; "unknown": it has none.
inline std::string_view edge(std::uint32_t value) noexcept
{
	switch (value) {
	case 0:
		return "holds";
	case 1:
		return "holds read";
	case 2:
		return "unlocks";
	case 3:
		return "sends";
	case 4:
		return "receives";
	case 5:
		return "closes";
	case 6:
		return "done";
	case 7:
		return "signals";
	case 8:
		return "before";
	default:
		return "unknown";
	}
}

/// The name of a GOPM_FINDING_* in lower case; "unknown": it has none.
inline std::string_view finding(std::uint32_t value) noexcept
{
	switch (value) {
	case 1:
		return "exe mismatch";
	case 2:
		return "truncated";
	case 3:
		return "bad note";
	case 4:
		return "bad pointer";
	case 5:
		return "bad goroutine";
	case 6:
		return "stack incomplete";
	case 7:
		return "bad symbols";
	case 8:
		return "bad dwarf";
	case 9:
		return "cycle";
	case 10:
		return "limit";
	case 11:
		return "missing";
	case 12:
		return "slim";
	case 14:
		return "bad heap";
	case 13:
		return "io";
	default:
		return "unknown";
	}
}

/// The name of a GOPM_FROM_* in lower case; "unknown": it has none.
inline std::string_view from(std::uint32_t value) noexcept
{
	switch (value) {
	case 0:
		return "none";
	case 1:
		return "exact";
	case 2:
		return "runtime";
	case 3:
		return "recovered";
	case 4:
		return "stale";
	default:
		return "unknown";
	}
}

/// The name of a GOPM_G_* in lower case; "unknown": it has none.
inline std::string_view g(std::uint32_t value) noexcept
{
	switch (value) {
	case 0:
		return "idle";
	case 1:
		return "runnable";
	case 2:
		return "running";
	case 3:
		return "syscall";
	case 4:
		return "waiting";
	case 6:
		return "dead";
	case 8:
		return "copystack";
	case 9:
		return "preempted";
	case 10:
		return "leaked";
	case 11:
		return "deadextra";
	case 255:
		return "unknown";
	default:
		return "unknown";
	}
}

/// The name of a GOPM_GROUP_* in lower case; "unknown": it has none.
inline std::string_view group(std::uint32_t value) noexcept
{
	switch (value) {
	case 1:
		return "user";
	case 2:
		return "start";
	case 3:
		return "go";
	case 4:
		return "current";
	case 5:
		return "reason";
	case 6:
		return "label";
	case 7:
		return "object";
	case 8:
		return "stack";
	default:
		return "unknown";
	}
}

/// The name of a GOPM_HEAP_* in lower case; "unknown": it has none.
inline std::string_view heap(std::uint32_t value) noexcept
{
	switch (value) {
	case 0:
		return "unknown";
	case 1:
		return "one";
	case 2:
		return "array";
	case 3:
		return "bytes";
	case 4:
		return "tiny";
	case 5:
		return "map";
	case 6:
		return "chan";
	case 7:
		return "buffer";
	case 8:
		return "closure";
	case 9:
		return "arena";
	default:
		return "unknown";
	}
}

/// The name of a GOPM_HEAP_BY_* in lower case; "unknown": it has none.
inline std::string_view heap_by(std::uint32_t value) noexcept
{
	switch (value) {
	case 0:
		return "holder";
	case 1:
		return "variable";
	case 2:
		return "goroutine";
	case 3:
		return "start";
	case 4:
		return "package";
	case 5:
		return "type";
	case 6:
		return "birth";
	default:
		return "unknown";
	}
}

/// The name of a GOPM_HEAP_FROM_* in lower case; "unknown": it has none.
inline std::string_view heap_from(std::uint32_t value) noexcept
{
	switch (value) {
	case 0:
		return "nothing";
	case 1:
		return "inside";
	case 2:
		return "mask";
	case 3:
		return "pointer";
	case 4:
		return "slice";
	case 5:
		return "interface";
	case 6:
		return "owner";
	case 7:
		return "header";
	default:
		return "unknown";
	}
}

/// The name of a GOPM_HEAP_NODE_* in lower case; "unknown": it has none.
inline std::string_view heap_node(std::uint32_t value) noexcept
{
	switch (value) {
	case 0:
		return "root";
	case 1:
		return "kind";
	case 2:
		return "group";
	case 3:
		return "variable";
	case 4:
		return "goroutine";
	case 5:
		return "timer";
	case 6:
		return "finalizer";
	case 7:
		return "cleanup";
	case 8:
		return "weak";
	case 9:
		return "runtime";
	case 10:
		return "object";
	case 11:
		return "type";
	case 12:
		return "birth";
	default:
		return "unknown";
	}
}

/// The name of a GOPM_HEAP_WASTE_* in lower case; "unknown": it has none.
inline std::string_view heap_waste(std::uint32_t value) noexcept
{
	switch (value) {
	case 1:
		return "equal";
	case 2:
		return "part";
	case 3:
		return "unused";
	case 4:
		return "map";
	default:
		return "unknown";
	}
}

/// The name of a GOPM_KIND_* in lower case; "unknown": it has none.
inline std::string_view kind(std::uint32_t value) noexcept
{
	switch (value) {
	case 0:
		return "invalid";
	case 1:
		return "bool";
	case 2:
		return "int";
	case 3:
		return "int8";
	case 4:
		return "int16";
	case 5:
		return "int32";
	case 6:
		return "int64";
	case 7:
		return "uint";
	case 8:
		return "uint8";
	case 9:
		return "uint16";
	case 10:
		return "uint32";
	case 11:
		return "uint64";
	case 12:
		return "uintptr";
	case 13:
		return "float32";
	case 14:
		return "float64";
	case 15:
		return "complex64";
	case 16:
		return "complex128";
	case 17:
		return "array";
	case 18:
		return "chan";
	case 19:
		return "func";
	case 20:
		return "interface";
	case 21:
		return "map";
	case 22:
		return "pointer";
	case 23:
		return "slice";
	case 24:
		return "string";
	case 25:
		return "struct";
	case 26:
		return "unsafe pointer";
	default:
		return "unknown";
	}
}

/// The name of a GOPM_LANGUAGE_* in lower case; "unknown": it has none.
inline std::string_view language(std::uint32_t value) noexcept
{
	switch (value) {
	case 0:
		return "unknown";
	case 1:
		return "go";
	case 2:
		return "c";
	case 3:
		return "cpp";
	case 4:
		return "rust";
	case 5:
		return "assembly";
	case 6:
		return "other";
	default:
		return "unknown";
	}
}

/// The name of a GOPM_MODULE_SOURCE_* in lower case; "unknown": it has none.
inline std::string_view module_source(std::uint32_t value) noexcept
{
	switch (value) {
	case 1:
		return "file";
	case 2:
		return "core";
	case 3:
		return "missing";
	case 4:
		return "mismatch";
	case 5:
		return "unknown";
	default:
		return "unknown";
	}
}

/// The name of a GOPM_OBJECT_* in lower case; "unknown": it has none.
inline std::string_view object(std::uint32_t value) noexcept
{
	switch (value) {
	case 0:
		return "other";
	case 1:
		return "chan";
	case 2:
		return "nil chan";
	case 3:
		return "mutex";
	case 4:
		return "rwmutex";
	case 5:
		return "once";
	case 6:
		return "waitgroup";
	case 7:
		return "cond";
	case 8:
		return "semaphore";
	case 9:
		return "timer";
	case 10:
		return "fd";
	case 11:
		return "syscall";
	case 12:
		return "cgo";
	case 13:
		return "context";
	case 14:
		return "coro";
	case 15:
		return "collector";
	case 16:
		return "finalizers";
	case 17:
		return "p";
	case 18:
		return "m";
	default:
		return "unknown";
	}
}

/// The name of a GOPM_PATTERN_* in lower case; "unknown": it has none.
inline std::string_view pattern(std::uint32_t value) noexcept
{
	switch (value) {
	case 0:
		return "other";
	case 1:
		return "self lock";
	case 2:
		return "self chan";
	case 3:
		return "lock cycle";
	case 4:
		return "chan cycle";
	case 5:
		return "mixed cycle";
	case 6:
		return "nil chan";
	case 7:
		return "no receiver";
	case 8:
		return "no sender";
	case 9:
		return "forgotten unlock";
	case 10:
		return "waitgroup";
	case 11:
		return "lost signal";
	case 12:
		return "context";
	case 13:
		return "pool";
	case 14:
		return "slow io";
	case 15:
		return "slow syscall";
	case 16:
		return "slow c";
	case 17:
		return "slow sleep";
	case 18:
		return "slow wait";
	case 19:
		return "busy";
	case 20:
		return "crash";
	case 21:
		return "init";
	case 22:
		return "panic";
	case 23:
		return "throw";
	case 24:
		return "out of memory";
	case 25:
		return "stack overflow";
	case 26:
		return "stop world";
	case 27:
		return "no yield";
	case 28:
		return "overload";
	case 29:
		return "finalizer";
	case 30:
		return "cleanup";
	case 31:
		return "growth";
	case 32:
		return "unclosed body";
	default:
		return "unknown";
	}
}

/// The name of a GOPM_PROFILE_* in lower case; "unknown": it has none.
inline std::string_view profile(std::uint32_t value) noexcept
{
	switch (value) {
	case 0:
		return "heap";
	case 1:
		return "allocs";
	case 2:
		return "mutex";
	case 3:
		return "block";
	case 4:
		return "goroutine";
	default:
		return "unknown";
	}
}

/// The name of a GOPM_PROGRESS_* in lower case; "unknown": it has none.
inline std::string_view progress(std::uint32_t value) noexcept
{
	switch (value) {
	case 1:
		return "unpack";
	case 2:
		return "goroutines";
	case 3:
		return "heap";
	case 4:
		return "dwarf";
	default:
		return "unknown";
	}
}

/// The name of a GOPM_SIDE_* in lower case; "unknown": it has none.
inline std::string_view side(std::uint32_t value) noexcept
{
	switch (value) {
	case 0:
		return "waits";
	case 1:
		return "sends";
	case 2:
		return "receives";
	case 3:
		return "locks";
	case 4:
		return "read locks";
	case 5:
		return "reads";
	case 6:
		return "writes";
	default:
		return "unknown";
	}
}

/// The name of a GOPM_SLIM_* in lower case; "unknown": it has none.
inline std::string_view slim(std::uint32_t value) noexcept
{
	switch (value) {
	case 0:
		return "default";
	case 1:
		return "stacks";
	case 2:
		return "heap";
	default:
		return "unknown";
	}
}

/// The name of a GOPM_STACK_END_* in lower case; "unknown": it has none.
inline std::string_view stack_end(std::uint32_t value) noexcept
{
	switch (value) {
	case 0:
		return "complete";
	case 1:
		return "not go";
	case 2:
		return "memory";
	case 3:
		return "damaged";
	case 4:
		return "limit";
	case 5:
		return "no stack";
	case 6:
		return "no thread";
	default:
		return "unknown";
	}
}

/// The name of a GOPM_TRACEBACK_* in lower case; "unknown": it has none.
inline std::string_view traceback(std::uint32_t value) noexcept
{
	switch (value) {
	case 0:
		return "all";
	case 1:
		return "system";
	case 2:
		return "single";
	default:
		return "unknown";
	}
}

/// The name of a GOPM_TYPE_FROM_* in lower case; "unknown": it has none.
inline std::string_view type_from(std::uint32_t value) noexcept
{
	switch (value) {
	case 1:
		return "dwarf";
	case 2:
		return "descriptor";
	default:
		return "unknown";
	}
}

/// The name of a GOPM_VERDICT_* in lower case; "unknown": it has none.
inline std::string_view verdict(std::uint32_t value) noexcept
{
	switch (value) {
	case 0:
		return "healthy";
	case 1:
		return "deadlock";
	case 2:
		return "leak";
	case 3:
		return "starvation";
	case 4:
		return "slow";
	case 5:
		return "crash";
	default:
		return "unknown";
	}
}

/// The name of a GOPM_WAIT_* in lower case; "unknown": it has none.
inline std::string_view wait(std::uint32_t value) noexcept
{
	switch (value) {
	case 0:
		return "none";
	case 1:
		return "chan send";
	case 2:
		return "chan receive";
	case 3:
		return "select";
	case 4:
		return "semaphore";
	case 5:
		return "cond";
	case 6:
		return "timer";
	case 7:
		return "io";
	case 8:
		return "forever";
	case 9:
		return "other";
	default:
		return "unknown";
	}
}

} // namespace gopm::names
// clang-format on

#endif
