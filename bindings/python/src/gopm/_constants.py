# SPDX-License-Identifier: Apache-2.0
# Made by bindings/python/generate.py from include/gopm/*.h. Do not edit.
"""The constants of the headers, without GOPM_, and names for the values of each family."""

OK = 0
DONE = 1
NOT_FOUND = 2
ERR_ARGUMENT = -1
ERR_NO_MEMORY = -2
ERR_IO = -3
ERR_UNSUPPORTED = -4
ERR_FORMAT = -10
ERR_TRUNCATED = -11
ERR_NOT_GO = -12
ERR_NO_EXECUTABLE = -13
ERR_MISSING_MEMORY = -14
ERR_LIMIT = -15
ERR_NO_DWARF = -16
ERR_EXISTS = -17
ERR_PERMISSION = -18
ERR_NO_PROCESS = -19
ERR_CANCELLED = -20
ERR_EXPRESSION = -21
ESCAPE_LINES = 1
ESCAPE_JSON = 2
VERSION_MAJOR = 0
VERSION_MINOR = 9
VERSION_PATCH = 0
ABI_VERSION = 1
NO_OFFSET = 18446744073709551615
PROGRESS_UNPACK = 1
PROGRESS_GOROUTINES = 2
PROGRESS_HEAP = 3
PROGRESS_DWARF = 4
OPEN_NO_DWARF = 1
OPEN_NO_SEARCH = 2
OPEN_MAP = 4
CORE_EXE_MISMATCH = 1
CORE_EXE_FROM_CORE = 2
CORE_TRUNCATED = 4
CORE_HAS_DWARF = 8
CORE_PIE = 16
CORE_PARTIAL = 32
CORE_SLIM = 64
CORE_LIVE = 128
CORE_NO_MEMORY = 256
DEATH_NONE = 0
DEATH_SIGNAL = 1
DEATH_PANIC = 2
DEATH_FATAL = 3
LOCATION_INLINED = 1
LOCATION_WRAPPER = 2
LOCATION_OPTIMIZED = 4
FINDING_EXE_MISMATCH = 1
FINDING_TRUNCATED = 2
FINDING_BAD_NOTE = 3
FINDING_BAD_POINTER = 4
FINDING_BAD_GOROUTINE = 5
FINDING_STACK_INCOMPLETE = 6
FINDING_BAD_SYMBOLS = 7
FINDING_BAD_DWARF = 8
FINDING_CYCLE = 9
FINDING_LIMIT = 10
FINDING_MISSING = 11
FINDING_SLIM = 12
FINDING_BAD_HEAP = 14
FINDING_IO = 13
G_IDLE = 0
G_RUNNABLE = 1
G_RUNNING = 2
G_SYSCALL = 3
G_WAITING = 4
G_DEAD = 6
G_COPYSTACK = 8
G_PREEMPTED = 9
G_LEAKED = 10
G_DEADEXTRA = 11
G_UNKNOWN = 255
G_FLAG_SYSTEM = 1
G_FLAG_SCAN = 2
G_FLAG_PARTIAL = 4
G_FLAG_LOCKED = 8
WAIT_NONE = 0
WAIT_CHAN_SEND = 1
WAIT_CHAN_RECEIVE = 2
WAIT_SELECT = 3
WAIT_SEMAPHORE = 4
WAIT_COND = 5
WAIT_TIMER = 6
WAIT_IO = 7
WAIT_FOREVER = 8
WAIT_OTHER = 9
WAIT_FLAG_CLOSED = 1
WAIT_FLAG_SEND = 2
WAIT_FLAG_COUNTS = 4
WAIT_FLAG_DIRECTION = 8
WAIT_FLAG_UNREADABLE = 16
FIELD_CURRENT = 1
FIELD_USER = 2
FIELD_GO = 4
FIELD_START = 8
FIELD_WAIT = 16
FIELD_LABELS = 32
FIELD_STACK = 64
FIELD_ALL = 63
FILTER_DELVE = 1
FILTER_DEAD = 2
FILTER_NO_SYSTEM = 4
FILTER_ONLY_SYSTEM = 8
FILTER_ONE_THREAD = 16
GROUP_USER = 1
GROUP_START = 2
GROUP_GO = 3
GROUP_CURRENT = 4
GROUP_REASON = 5
GROUP_LABEL = 6
GROUP_OBJECT = 7
GROUP_STACK = 8
BUILD_MODIFIED = 1
STACK_USER_ONLY = 1
STACK_DELVE = 2
STACK_END_COMPLETE = 0
STACK_END_NOT_GO = 1
STACK_END_MEMORY = 2
STACK_END_DAMAGED = 3
STACK_END_LIMIT = 4
STACK_END_NO_STACK = 5
STACK_END_NO_THREAD = 6
FRAME_INLINED = 1
FRAME_INNERMOST = 2
FRAME_INTERRUPTED = 4
FRAME_SYSTEM_STACK = 8
FRAME_SIGNAL_STACK = 16
FRAME_WRAPPER = 32
FRAME_REGISTERS = 64
FRAME_GUESSED = 128
FRAME_AFTER_GAP = 256
LANGUAGE_UNKNOWN = 0
LANGUAGE_GO = 1
LANGUAGE_C = 2
LANGUAGE_CPP = 3
LANGUAGE_RUST = 4
LANGUAGE_ASSEMBLY = 5
LANGUAGE_OTHER = 6
VALUE_OPTION_EXACT_ONLY = 1
VALUE_OPTION_DELVE = 2
VALUE_OPTION_CHANNELS = 4
VALUE_OPTION_C = 8
KIND_INVALID = 0
KIND_BOOL = 1
KIND_INT = 2
KIND_INT8 = 3
KIND_INT16 = 4
KIND_INT32 = 5
KIND_INT64 = 6
KIND_UINT = 7
KIND_UINT8 = 8
KIND_UINT16 = 9
KIND_UINT32 = 10
KIND_UINT64 = 11
KIND_UINTPTR = 12
KIND_FLOAT32 = 13
KIND_FLOAT64 = 14
KIND_COMPLEX64 = 15
KIND_COMPLEX128 = 16
KIND_ARRAY = 17
KIND_CHAN = 18
KIND_FUNC = 19
KIND_INTERFACE = 20
KIND_MAP = 21
KIND_POINTER = 22
KIND_SLICE = 23
KIND_STRING = 24
KIND_STRUCT = 25
KIND_UNSAFE_POINTER = 26
FROM_NONE = 0
FROM_EXACT = 1
FROM_RUNTIME = 2
FROM_RECOVERED = 3
FROM_STALE = 4
VAR_ARGUMENT = 1
VAR_RESULT = 2
VAR_SHADOWED = 4
VAR_ESCAPED = 8
VALUE_NIL = 1
VALUE_TRUNCATED = 2
VALUE_REGISTERS = 4
VALUE_PARTIAL = 8
VALUE_CLOSED = 16
VALUE_DANGLING = 32
VALUE_JSON_DELVE = 1
HEAP_INFO_PARTIAL = 1
HEAP_UNKNOWN = 0
HEAP_ONE = 1
HEAP_ARRAY = 2
HEAP_BYTES = 3
HEAP_TINY = 4
HEAP_MAP = 5
HEAP_CHAN = 6
HEAP_BUFFER = 7
HEAP_CLOSURE = 8
HEAP_ARENA = 9
HEAP_FROM_NOTHING = 0
HEAP_FROM_INSIDE = 1
HEAP_FROM_MASK = 2
HEAP_FROM_POINTER = 3
HEAP_FROM_SLICE = 4
HEAP_FROM_INTERFACE = 5
HEAP_FROM_OWNER = 6
HEAP_FROM_HEADER = 7
HEAP_FILTER_LIVE = 1
HEAP_FILTER_GARBAGE = 2
HEAP_OBJECT_LIVE = 1
HEAP_OBJECT_POINTERS = 2
HEAP_NODE_ROOT = 0
HEAP_NODE_KIND = 1
HEAP_NODE_GROUP = 2
HEAP_NODE_VARIABLE = 3
HEAP_NODE_GOROUTINE = 4
HEAP_NODE_TIMER = 5
HEAP_NODE_FINALIZER = 6
HEAP_NODE_CLEANUP = 7
HEAP_NODE_WEAK = 8
HEAP_NODE_RUNTIME = 9
HEAP_NODE_OBJECT = 10
HEAP_NODE_TYPE = 11
HEAP_NODE_BIRTH = 12
HEAP_BY_HOLDER = 0
HEAP_BY_VARIABLE = 1
HEAP_BY_GOROUTINE = 2
HEAP_BY_START = 3
HEAP_BY_PACKAGE = 4
HEAP_BY_TYPE = 5
HEAP_BY_BIRTH = 6
HEAP_SUSPECT_BLOCKED = 1
HEAP_WASTE_EQUAL = 1
HEAP_WASTE_PART = 2
HEAP_WASTE_UNUSED = 3
HEAP_WASTE_MAP = 4
JSON_DELVE = 1
JSON_MEMBERS = 2
JSON_REGISTERS = 4
MODULE_SOURCE_FILE = 1
MODULE_SOURCE_CORE = 2
MODULE_SOURCE_MISSING = 3
MODULE_SOURCE_MISMATCH = 4
MODULE_SOURCE_UNKNOWN = 5
MODULE_FLAG_PROGRAM = 1
MODULE_FLAG_GO = 2
MODULE_FLAG_DWARF = 4
MODULE_FLAG_BIAS = 8
OBJECT_OTHER = 0
OBJECT_CHAN = 1
OBJECT_NIL_CHAN = 2
OBJECT_MUTEX = 3
OBJECT_RWMUTEX = 4
OBJECT_ONCE = 5
OBJECT_WAITGROUP = 6
OBJECT_COND = 7
OBJECT_SEMAPHORE = 8
OBJECT_TIMER = 9
OBJECT_FD = 10
OBJECT_SYSCALL = 11
OBJECT_CGO = 12
OBJECT_CONTEXT = 13
OBJECT_CORO = 14
OBJECT_COLLECTOR = 15
OBJECT_FINALIZERS = 16
OBJECT_P = 17
OBJECT_M = 18
SIDE_WAITS = 0
SIDE_SENDS = 1
SIDE_RECEIVES = 2
SIDE_LOCKS = 3
SIDE_READ_LOCKS = 4
SIDE_READS = 5
SIDE_WRITES = 6
OBJECT_FLAG_UNREADABLE = 1
OBJECT_FLAG_GUESS = 2
OBJECT_FLAG_CLOSED = 4
OBJECT_FLAG_LOCKED = 8
OBJECT_FLAG_STARVING = 16
OBJECT_FLAG_PENDING = 32
OBJECT_FLAG_DONE = 64
OBJECT_FLAG_COUNTS = 128
OBJECT_FLAG_TORN = 256
WAITER_SELECT = 1
WAITER_TORN = 2
OBJECTS_FLAG_PATHS = 1
PROFILE_HEAP = 0
PROFILE_ALLOCS = 1
PROFILE_MUTEX = 2
PROFILE_BLOCK = 3
PROFILE_GOROUTINE = 4
PROFILE_VALUES = 4
PROFILE_FLAG_PENDING = 1
PROFILE_INFO_UNSCALED = 1
PROFILE_INFO_TICKS = 2
PROFILE_TARGET_REPLACE = 1
SLIM_DEFAULT = 0
SLIM_STACKS = 1
SLIM_HEAP = 2
COMPRESSION_BY_NAME = 0
COMPRESSION_NONE = 1
COMPRESSION_ZSTD = 2
SLIM_FLAG_REPLACE = 1
SLIM_FLAG_SELF_CONTAINED = 2
FUNCTION_FLAG_GENERATED = 1
FUNCTION_FLAG_ASSEMBLY = 2
TRACEBACK_ALL = 0
TRACEBACK_SYSTEM = 1
TRACEBACK_SINGLE = 2
TRACEBACK_FLAG_FRAMES_ONLY = 1
TRACEBACK_FLAG_NATIVE = 2
TYPE_FROM_DWARF = 1
TYPE_FROM_DESCRIPTOR = 2
TYPE_NAMED = 1
TYPE_VARIADIC = 2
CHAN_UNKNOWN = 0
CHAN_RECEIVE = 1
CHAN_SEND = 2
CHAN_BOTH = 3
TYPE_FIELD_FLAG_EMBEDDED = 1
METHOD_EXPORTED = 1
VERDICT_HEALTHY = 0
VERDICT_DEADLOCK = 1
VERDICT_LEAK = 2
VERDICT_STARVATION = 3
VERDICT_SLOW = 4
VERDICT_CRASH = 5
CERTAINTY_POSSIBLE = 1
CERTAINTY_LIKELY = 2
CERTAINTY_CERTAIN = 3
BASIS_NONE = 0
BASIS_AXIOM = 1
BASIS_REACHABILITY = 2
BASIS_OWNERSHIP = 3
PATTERN_OTHER = 0
PATTERN_SELF_LOCK = 1
PATTERN_SELF_CHAN = 2
PATTERN_LOCK_CYCLE = 3
PATTERN_CHAN_CYCLE = 4
PATTERN_MIXED_CYCLE = 5
PATTERN_NIL_CHAN = 6
PATTERN_NO_RECEIVER = 7
PATTERN_NO_SENDER = 8
PATTERN_FORGOTTEN_UNLOCK = 9
PATTERN_WAITGROUP = 10
PATTERN_LOST_SIGNAL = 11
PATTERN_CONTEXT = 12
PATTERN_POOL = 13
PATTERN_SLOW_IO = 14
PATTERN_SLOW_SYSCALL = 15
PATTERN_SLOW_C = 16
PATTERN_SLOW_SLEEP = 17
PATTERN_SLOW_WAIT = 18
PATTERN_BUSY = 19
PATTERN_CRASH = 20
PATTERN_INIT = 21
PATTERN_PANIC = 22
PATTERN_THROW = 23
PATTERN_OUT_OF_MEMORY = 24
PATTERN_STACK_OVERFLOW = 25
PATTERN_STOP_WORLD = 26
PATTERN_NO_YIELD = 27
PATTERN_OVERLOAD = 28
PATTERN_FINALIZER = 29
PATTERN_CLEANUP = 30
PATTERN_GROWTH = 31
PATTERN_UNCLOSED_BODY = 32
WHY_FLAG_QUICK = 1
WHY_FLAG_ONE_THREAD = 2
WHY_PARTIAL = 1
WHY_REACHABILITY = 2
EDGE_HOLDS = 0
EDGE_HOLDS_READ = 1
EDGE_UNLOCKS = 2
EDGE_SENDS = 3
EDGE_RECEIVES = 4
EDGE_CLOSES = 5
EDGE_DONE = 6
EDGE_SIGNALS = 7
EDGE_BEFORE = 8
EVIDENCE_DEFER = 1
EVIDENCE_CODE = 2
EVIDENCE_HELPER = 4
EVIDENCE_QUEUE = 8
EVIDENCE_LIBRARY = 16

NAMES: dict[str, dict[int, str]] = {
    "BASIS": {
        0: "none",
        1: "axiom",
        2: "reachability",
        3: "ownership",
    },
    "BUILD": {
        1: "modified",
    },
    "CERTAINTY": {
        1: "possible",
        2: "likely",
        3: "certain",
    },
    "CHAN": {
        0: "unknown",
        1: "receive",
        2: "send",
        3: "both",
    },
    "COMPRESSION": {
        0: "by name",
        1: "none",
        2: "zstd",
    },
    "CORE": {
        1: "exe mismatch",
        2: "exe from core",
        4: "truncated",
        8: "has dwarf",
        16: "pie",
        32: "partial",
        64: "slim",
        128: "live",
        256: "no memory",
    },
    "DEATH": {
        0: "none",
        1: "signal",
        2: "panic",
        3: "fatal",
    },
    "EDGE": {
        0: "holds",
        1: "holds read",
        2: "unlocks",
        3: "sends",
        4: "receives",
        5: "closes",
        6: "done",
        7: "signals",
        8: "before",
    },
    "ERR": {
        -1: "argument",
        -2: "no memory",
        -3: "io",
        -4: "unsupported",
        -10: "format",
        -11: "truncated",
        -12: "not go",
        -13: "no executable",
        -14: "missing memory",
        -15: "limit",
        -16: "no dwarf",
        -17: "exists",
        -18: "permission",
        -19: "no process",
        -20: "cancelled",
        -21: "expression",
    },
    "ESCAPE": {
        1: "lines",
        2: "json",
    },
    "EVIDENCE": {
        1: "defer",
        2: "code",
        4: "helper",
        8: "queue",
        16: "library",
    },
    "FIELD": {
        1: "current",
        2: "user",
        4: "go",
        8: "start",
        16: "wait",
        32: "labels",
        64: "stack",
        63: "all",
    },
    "FILTER": {
        1: "delve",
        2: "dead",
        4: "no system",
        8: "only system",
        16: "one thread",
    },
    "FINDING": {
        1: "exe mismatch",
        2: "truncated",
        3: "bad note",
        4: "bad pointer",
        5: "bad goroutine",
        6: "stack incomplete",
        7: "bad symbols",
        8: "bad dwarf",
        9: "cycle",
        10: "limit",
        11: "missing",
        12: "slim",
        14: "bad heap",
        13: "io",
    },
    "FRAME": {
        1: "inlined",
        2: "innermost",
        4: "interrupted",
        8: "system stack",
        16: "signal stack",
        32: "wrapper",
        64: "registers",
        128: "guessed",
        256: "after gap",
    },
    "FROM": {
        0: "none",
        1: "exact",
        2: "runtime",
        3: "recovered",
        4: "stale",
    },
    "FUNCTION_FLAG": {
        1: "generated",
        2: "assembly",
    },
    "GROUP": {
        1: "user",
        2: "start",
        3: "go",
        4: "current",
        5: "reason",
        6: "label",
        7: "object",
        8: "stack",
    },
    "G": {
        0: "idle",
        1: "runnable",
        2: "running",
        3: "syscall",
        4: "waiting",
        6: "dead",
        8: "copystack",
        9: "preempted",
        10: "leaked",
        11: "deadextra",
        255: "unknown",
    },
    "G_FLAG": {
        1: "system",
        2: "scan",
        4: "partial",
        8: "locked",
    },
    "HEAP": {
        0: "unknown",
        1: "one",
        2: "array",
        3: "bytes",
        4: "tiny",
        5: "map",
        6: "chan",
        7: "buffer",
        8: "closure",
        9: "arena",
    },
    "HEAP_BY": {
        0: "holder",
        1: "variable",
        2: "goroutine",
        3: "start",
        4: "package",
        5: "type",
        6: "birth",
    },
    "HEAP_FILTER": {
        1: "live",
        2: "garbage",
    },
    "HEAP_FROM": {
        0: "nothing",
        1: "inside",
        2: "mask",
        3: "pointer",
        4: "slice",
        5: "interface",
        6: "owner",
        7: "header",
    },
    "HEAP_INFO": {
        1: "partial",
    },
    "HEAP_NODE": {
        0: "root",
        1: "kind",
        2: "group",
        3: "variable",
        4: "goroutine",
        5: "timer",
        6: "finalizer",
        7: "cleanup",
        8: "weak",
        9: "runtime",
        10: "object",
        11: "type",
        12: "birth",
    },
    "HEAP_OBJECT": {
        1: "live",
        2: "pointers",
    },
    "HEAP_SUSPECT": {
        1: "blocked",
    },
    "HEAP_WASTE": {
        1: "equal",
        2: "part",
        3: "unused",
        4: "map",
    },
    "JSON": {
        1: "delve",
        2: "members",
        4: "registers",
    },
    "KIND": {
        0: "invalid",
        1: "bool",
        2: "int",
        3: "int8",
        4: "int16",
        5: "int32",
        6: "int64",
        7: "uint",
        8: "uint8",
        9: "uint16",
        10: "uint32",
        11: "uint64",
        12: "uintptr",
        13: "float32",
        14: "float64",
        15: "complex64",
        16: "complex128",
        17: "array",
        18: "chan",
        19: "func",
        20: "interface",
        21: "map",
        22: "pointer",
        23: "slice",
        24: "string",
        25: "struct",
        26: "unsafe pointer",
    },
    "LANGUAGE": {
        0: "unknown",
        1: "go",
        2: "c",
        3: "cpp",
        4: "rust",
        5: "assembly",
        6: "other",
    },
    "LOCATION": {
        1: "inlined",
        2: "wrapper",
        4: "optimized",
    },
    "MODULE_FLAG": {
        1: "program",
        2: "go",
        4: "dwarf",
        8: "bias",
    },
    "MODULE_SOURCE": {
        1: "file",
        2: "core",
        3: "missing",
        4: "mismatch",
        5: "unknown",
    },
    "OBJECTS_FLAG": {
        1: "paths",
    },
    "OBJECT": {
        0: "other",
        1: "chan",
        2: "nil chan",
        3: "mutex",
        4: "rwmutex",
        5: "once",
        6: "waitgroup",
        7: "cond",
        8: "semaphore",
        9: "timer",
        10: "fd",
        11: "syscall",
        12: "cgo",
        13: "context",
        14: "coro",
        15: "collector",
        16: "finalizers",
        17: "p",
        18: "m",
    },
    "OBJECT_FLAG": {
        1: "unreadable",
        2: "guess",
        4: "closed",
        8: "locked",
        16: "starving",
        32: "pending",
        64: "done",
        128: "counts",
        256: "torn",
    },
    "OPEN": {
        1: "no dwarf",
        2: "no search",
        4: "map",
    },
    "PATTERN": {
        0: "other",
        1: "self lock",
        2: "self chan",
        3: "lock cycle",
        4: "chan cycle",
        5: "mixed cycle",
        6: "nil chan",
        7: "no receiver",
        8: "no sender",
        9: "forgotten unlock",
        10: "waitgroup",
        11: "lost signal",
        12: "context",
        13: "pool",
        14: "slow io",
        15: "slow syscall",
        16: "slow c",
        17: "slow sleep",
        18: "slow wait",
        19: "busy",
        20: "crash",
        21: "init",
        22: "panic",
        23: "throw",
        24: "out of memory",
        25: "stack overflow",
        26: "stop world",
        27: "no yield",
        28: "overload",
        29: "finalizer",
        30: "cleanup",
        31: "growth",
        32: "unclosed body",
    },
    "PROFILE": {
        0: "heap",
        1: "allocs",
        2: "mutex",
        3: "block",
        4: "goroutine",
    },
    "PROFILE_FLAG": {
        1: "pending",
    },
    "PROFILE_INFO": {
        1: "unscaled",
        2: "ticks",
    },
    "PROFILE_TARGET": {
        1: "replace",
    },
    "PROGRESS": {
        1: "unpack",
        2: "goroutines",
        3: "heap",
        4: "dwarf",
    },
    "SIDE": {
        0: "waits",
        1: "sends",
        2: "receives",
        3: "locks",
        4: "read locks",
        5: "reads",
        6: "writes",
    },
    "SLIM": {
        0: "default",
        1: "stacks",
        2: "heap",
    },
    "SLIM_FLAG": {
        1: "replace",
        2: "self contained",
    },
    "STACK": {
        1: "user only",
        2: "delve",
    },
    "STACK_END": {
        0: "complete",
        1: "not go",
        2: "memory",
        3: "damaged",
        4: "limit",
        5: "no stack",
        6: "no thread",
    },
    "TRACEBACK": {
        0: "all",
        1: "system",
        2: "single",
    },
    "TRACEBACK_FLAG": {
        1: "frames only",
        2: "native",
    },
    "TYPE": {
        1: "named",
        2: "variadic",
    },
    "TYPE_FIELD_FLAG": {
        1: "embedded",
    },
    "TYPE_FROM": {
        1: "dwarf",
        2: "descriptor",
    },
    "VALUE": {
        1: "nil",
        2: "truncated",
        4: "registers",
        8: "partial",
        16: "closed",
        32: "dangling",
    },
    "VALUE_JSON": {
        1: "delve",
    },
    "VALUE_OPTION": {
        1: "exact only",
        2: "delve",
        4: "channels",
        8: "c",
    },
    "VAR": {
        1: "argument",
        2: "result",
        4: "shadowed",
        8: "escaped",
    },
    "VERDICT": {
        0: "healthy",
        1: "deadlock",
        2: "leak",
        3: "starvation",
        4: "slow",
        5: "crash",
    },
    "WAITER": {
        1: "select",
        2: "torn",
    },
    "WAIT": {
        0: "none",
        1: "chan send",
        2: "chan receive",
        3: "select",
        4: "semaphore",
        5: "cond",
        6: "timer",
        7: "io",
        8: "forever",
        9: "other",
    },
    "WAIT_FLAG": {
        1: "closed",
        2: "send",
        4: "counts",
        8: "direction",
        16: "unreadable",
    },
    "WHY_FLAG": {
        1: "quick",
        2: "one thread",
    },
}
