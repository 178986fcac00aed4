# SPDX-License-Identifier: Apache-2.0
# Made by bindings/gdb/generate.py from the headers of include/gopm. Do not edit.
"""The constants, structs and functions of libgopm for ctypes. Names are those of the headers, constants without GOPM_.
Pointers are c_void_p: pass byref() of what the header says."""
from ctypes import CFUNCTYPE, Structure, c_char_p, c_double, c_int32, c_int64, c_size_t, c_uint32, c_uint64, c_void_p

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

# Values of constants in words: NAMES["VERDICT"][1] is "deadlock".
NAMES = {
    "BASIS": {0: 'none', 1: 'axiom', 2: 'reachability', 3: 'ownership'},
    "CERTAINTY": {1: 'possible', 2: 'likely', 3: 'certain'},
    "CHAN": {0: 'unknown', 1: 'receive', 2: 'send', 3: 'both'},
    "COMPRESSION": {0: 'by name', 1: 'none', 2: 'zstd'},
    "DEATH": {0: 'none', 1: 'signal', 2: 'panic', 3: 'fatal'},
    "EDGE": {0: 'holds', 1: 'holds read', 2: 'unlocks', 3: 'sends', 4: 'receives', 5: 'closes', 6: 'done', 7: 'signals', 8: 'before'},
    "FINDING": {1: 'exe mismatch', 2: 'truncated', 3: 'bad note', 4: 'bad pointer', 5: 'bad goroutine', 6: 'stack incomplete', 7: 'bad symbols', 8: 'bad dwarf', 9: 'cycle', 10: 'limit', 11: 'missing', 12: 'slim', 14: 'bad heap', 13: 'io'},
    "FROM": {0: 'none', 1: 'exact', 2: 'runtime', 3: 'recovered', 4: 'stale'},
    "G": {0: 'idle', 1: 'runnable', 2: 'running', 3: 'syscall', 4: 'waiting', 6: 'dead', 8: 'copystack', 9: 'preempted', 10: 'leaked', 11: 'deadextra', 255: 'unknown'},
    "GROUP": {1: 'user', 2: 'start', 3: 'go', 4: 'current', 5: 'reason', 6: 'label', 7: 'object', 8: 'stack'},
    "HEAP": {0: 'unknown', 1: 'one', 2: 'array', 3: 'bytes', 4: 'tiny', 5: 'map', 6: 'chan', 7: 'buffer', 8: 'closure', 9: 'arena'},
    "HEAP_BY": {0: 'holder', 1: 'variable', 2: 'goroutine', 3: 'start', 4: 'package', 5: 'type', 6: 'birth'},
    "HEAP_FROM": {0: 'nothing', 1: 'inside', 2: 'mask', 3: 'pointer', 4: 'slice', 5: 'interface', 6: 'owner', 7: 'header'},
    "HEAP_NODE": {0: 'root', 1: 'kind', 2: 'group', 3: 'variable', 4: 'goroutine', 5: 'timer', 6: 'finalizer', 7: 'cleanup', 8: 'weak', 9: 'runtime', 10: 'object', 11: 'type', 12: 'birth'},
    "HEAP_WASTE": {1: 'equal', 2: 'part', 3: 'unused', 4: 'map'},
    "KIND": {0: 'invalid', 1: 'bool', 2: 'int', 3: 'int8', 4: 'int16', 5: 'int32', 6: 'int64', 7: 'uint', 8: 'uint8', 9: 'uint16', 10: 'uint32', 11: 'uint64', 12: 'uintptr', 13: 'float32', 14: 'float64', 15: 'complex64', 16: 'complex128', 17: 'array', 18: 'chan', 19: 'func', 20: 'interface', 21: 'map', 22: 'pointer', 23: 'slice', 24: 'string', 25: 'struct', 26: 'unsafe pointer'},
    "LANGUAGE": {0: 'unknown', 1: 'go', 2: 'c', 3: 'cpp', 4: 'rust', 5: 'assembly', 6: 'other'},
    "MODULE_SOURCE": {1: 'file', 2: 'core', 3: 'missing', 4: 'mismatch', 5: 'unknown'},
    "OBJECT": {0: 'other', 1: 'chan', 2: 'nil chan', 3: 'mutex', 4: 'rwmutex', 5: 'once', 6: 'waitgroup', 7: 'cond', 8: 'semaphore', 9: 'timer', 10: 'fd', 11: 'syscall', 12: 'cgo', 13: 'context', 14: 'coro', 15: 'collector', 16: 'finalizers', 17: 'p', 18: 'm'},
    "PATTERN": {0: 'other', 1: 'self lock', 2: 'self chan', 3: 'lock cycle', 4: 'chan cycle', 5: 'mixed cycle', 6: 'nil chan', 7: 'no receiver', 8: 'no sender', 9: 'forgotten unlock', 10: 'waitgroup', 11: 'lost signal', 12: 'context', 13: 'pool', 14: 'slow io', 15: 'slow syscall', 16: 'slow c', 17: 'slow sleep', 18: 'slow wait', 19: 'busy', 20: 'crash', 21: 'init', 22: 'panic', 23: 'throw', 24: 'out of memory', 25: 'stack overflow', 26: 'stop world', 27: 'no yield', 28: 'overload', 29: 'finalizer', 30: 'cleanup', 31: 'growth', 32: 'unclosed body'},
    "PROFILE": {0: 'heap', 1: 'allocs', 2: 'mutex', 3: 'block', 4: 'goroutine'},
    "PROGRESS": {1: 'unpack', 2: 'goroutines', 3: 'heap', 4: 'dwarf'},
    "SIDE": {0: 'waits', 1: 'sends', 2: 'receives', 3: 'locks', 4: 'read locks', 5: 'reads', 6: 'writes'},
    "SLIM": {0: 'default', 1: 'stacks', 2: 'heap'},
    "STACK_END": {0: 'complete', 1: 'not go', 2: 'memory', 3: 'damaged', 4: 'limit', 5: 'no stack', 6: 'no thread'},
    "TRACEBACK": {0: 'all', 1: 'system', 2: 'single'},
    "TYPE_FROM": {1: 'dwarf', 2: 'descriptor'},
    "VERDICT": {0: 'healthy', 1: 'deadlock', 2: 'leak', 3: 'starvation', 4: 'slow', 5: 'crash'},
    "WAIT": {0: 'none', 1: 'chan send', 2: 'chan receive', 3: 'select', 4: 'semaphore', 5: 'cond', 6: 'timer', 7: 'io', 8: 'forever', 9: 'other'},
}

gopm_read_fn = CFUNCTYPE(c_int64, c_void_p, c_uint64, c_void_p, c_size_t)
gopm_write_fn = CFUNCTYPE(c_int32, c_void_p, c_void_p, c_size_t)
gopm_progress_fn = CFUNCTYPE(c_int32, c_void_p, c_uint32, c_uint64, c_uint64)


class gopm_str(Structure):
    _fields_ = [
        ("data", c_void_p),
        ("size", c_size_t),
    ]


class gopm_core_options(Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("flags", c_uint32),
        ("reserved", c_uint32),
        ("core_path", c_char_p),
        ("core_data", c_void_p),
        ("core_size", c_size_t),
        ("core_read", gopm_read_fn),
        ("core_user_data", c_void_p),
        ("core_read_size", c_uint64),
        ("core_fd", c_int32),
        ("exe_fd", c_int32),
        ("exe_path", c_char_p),
        ("exe_data", c_void_p),
        ("exe_size", c_size_t),
        ("exe_read", gopm_read_fn),
        ("exe_user_data", c_void_p),
        ("exe_read_size", c_uint64),
        ("sysroot", c_char_p),
        ("temporary_folder", c_char_p),
        ("max_unpacked_size", c_uint64),
        ("max_section_size", c_uint64),
        ("max_goroutines", c_uint64),
        ("max_frames", c_uint32),
        ("max_findings", c_uint32),
        ("core_pid", c_uint32),
        ("reserved2", c_uint32),
        ("progress", gopm_progress_fn),
        ("progress_user_data", c_void_p),
        ("max_unpacked_disk", c_uint64),
        ("max_unpacked_memory", c_uint64),
        ("max_unpacked_ratio", c_uint32),
        ("reserved3", c_uint32),
    ]


class gopm_core_info(Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("flags", c_uint32),
        ("pid", c_uint32),
        ("core_path", gopm_str),
        ("exe_path", gopm_str),
        ("core_build_id", gopm_str),
        ("exe_build_id", gopm_str),
        ("go_version", gopm_str),
        ("machine", gopm_str),
        ("compression", gopm_str),
        ("command_line", gopm_str),
        ("exe_bias", c_uint64),
        ("core_size", c_uint64),
        ("memory_size", c_uint64),
        ("thread_count", c_uint64),
        ("goroutine_slots", c_uint64),
        ("death", c_uint32),
        ("signal", c_int32),
        ("signal_code", c_int32),
        ("death_thread", c_uint32),
        ("fault_address", c_uint64),
        ("death_goroutine", c_uint64),
        ("death_text", gopm_str),
        ("backlog", gopm_str),
        ("now", c_int64),
        ("slim_profile", c_uint32),
        ("reserved", c_uint32),
        ("original_size", c_uint64),
        ("signal_pc", c_uint64),
        ("death_lines", gopm_str),
        ("kernel_signal", c_int32),
        ("signal_sender", c_uint32),
        ("unix_now", c_int64),
    ]


class gopm_location(Structure):
    _fields_ = [
        ("pc", c_uint64),
        ("entry", c_uint64),
        ("function", gopm_str),
        ("file", gopm_str),
        ("line", c_uint32),
        ("flags", c_uint32),
    ]


class gopm_mapping(Structure):
    _fields_ = [
        ("address", c_uint64),
        ("size", c_uint64),
        ("size_in_core", c_uint64),
        ("core_offset", c_uint64),
        ("file_offset", c_uint64),
        ("path", gopm_str),
        ("flags", c_uint32),
        ("reserved", c_uint32),
    ]


class gopm_finding(Structure):
    _fields_ = [
        ("kind", c_uint32),
        ("reserved", c_uint32),
        ("count", c_uint64),
        ("address", c_uint64),
        ("offset", c_uint64),
        ("message", gopm_str),
    ]


class gopm_wait(Structure):
    _fields_ = [
        ("kind", c_uint32),
        ("flags", c_uint32),
        ("object", c_uint64),
        ("type", gopm_str),
        ("length", c_uint64),
        ("capacity", c_uint64),
        ("senders", c_uint64),
        ("receivers", c_uint64),
        ("deadline", c_int64),
        ("fd", c_int32),
        ("reserved", c_uint32),
    ]


class gopm_goroutine(Structure):
    _fields_ = [
        ("address", c_uint64),
        ("id", c_uint64),
        ("parent_id", c_uint64),
        ("status", c_uint32),
        ("raw_status", c_uint32),
        ("flags", c_uint32),
        ("raw_wait_reason", c_uint32),
        ("status_name", gopm_str),
        ("wait_reason", gopm_str),
        ("wait_since", c_int64),
        ("wait_time", c_int64),
        ("stack_lo", c_uint64),
        ("stack_hi", c_uint64),
        ("pc", c_uint64),
        ("sp", c_uint64),
        ("m", c_uint64),
        ("m_id", c_uint64),
        ("thread_id", c_uint64),
        ("locked_thread_id", c_uint64),
        ("current", gopm_location),
        ("user", gopm_location),
        ("go_statement", gopm_location),
        ("start", gopm_location),
        ("wait", gopm_wait),
        ("wait_count", c_uint32),
        ("label_count", c_uint32),
        ("stack_id", c_uint64),
    ]


class gopm_goroutine_filter(Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("flags", c_uint32),
        ("fields", c_uint32),
        ("id", c_uint64),
        ("thread_id", c_uint64),
        ("wait_object", c_uint64),
        ("min_wait_time", c_int64),
        ("status", c_char_p),
        ("wait_reason", c_char_p),
        ("user", c_char_p),
        ("start", c_char_p),
        ("go", c_char_p),
        ("current", c_char_p),
        ("label_key", c_char_p),
        ("label_value", c_char_p),
        ("stack_id", c_uint64),
        ("ids", c_void_p),
        ("id_count", c_size_t),
        ("progress", gopm_progress_fn),
        ("progress_user_data", c_void_p),
        ("address", c_uint64),
    ]


class gopm_label(Structure):
    _fields_ = [
        ("key", gopm_str),
        ("value", gopm_str),
    ]


class gopm_group(Structure):
    _fields_ = [
        ("count", c_uint64),
        ("example_id", c_uint64),
        ("longest_wait", c_int64),
        ("location", gopm_location),
        ("key", gopm_str),
        ("object", gopm_wait),
        ("stack_id", c_uint64),
        ("shortest_wait", c_int64),
        ("partial_count", c_uint64),
    ]


class gopm_build_info(Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("flags", c_uint32),
        ("reserved", c_uint32),
        ("go_version", gopm_str),
        ("package_path", gopm_str),
        ("module_path", gopm_str),
        ("module_version", gopm_str),
        ("module_sum", gopm_str),
        ("vcs", gopm_str),
        ("vcs_revision", gopm_str),
        ("vcs_time", gopm_str),
        ("setting_count", c_uint64),
        ("dependency_count", c_uint64),
    ]


class gopm_build_setting(Structure):
    _fields_ = [
        ("key", gopm_str),
        ("value", gopm_str),
    ]


class gopm_build_module(Structure):
    _fields_ = [
        ("path", gopm_str),
        ("version", gopm_str),
        ("sum", gopm_str),
        ("replace_path", gopm_str),
        ("replace_version", gopm_str),
        ("replace_sum", gopm_str),
    ]


class gopm_thread(Structure):
    _fields_ = [
        ("id", c_uint64),
        ("signal", c_int32),
        ("flags", c_uint32),
        ("pc", c_uint64),
        ("sp", c_uint64),
        ("m", c_uint64),
        ("m_id", c_uint64),
        ("goroutine", c_uint64),
        ("goroutine_address", c_uint64),
        ("location", gopm_location),
        ("object", gopm_str),
        ("object_offset", c_uint64),
    ]


class gopm_register(Structure):
    _fields_ = [
        ("name", gopm_str),
        ("value", c_uint64),
        ("dwarf_number", c_uint32),
        ("reserved", c_uint32),
    ]


class gopm_stack_options(Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("flags", c_uint32),
        ("max_frames", c_uint32),
        ("goroutine_id", c_uint64),
        ("goroutine_address", c_uint64),
        ("thread_id", c_uint64),
        ("first_frame", c_uint64),
        ("outer_frames", c_uint32),
        ("reserved", c_uint32),
    ]


class gopm_frame(Structure):
    _fields_ = [
        ("location", gopm_location),
        ("pc", c_uint64),
        ("sp", c_uint64),
        ("cfa", c_uint64),
        ("flags", c_uint32),
        ("language", c_uint32),
        ("object", gopm_str),
        ("object_offset", c_uint64),
        ("symbol", gopm_str),
    ]


class gopm_value_options(Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("flags", c_uint32),
        ("max_depth", c_uint32),
        ("max_string", c_uint64),
        ("max_elements", c_uint64),
        ("max_fields", c_uint64),
        ("max_bytes", c_uint64),
    ]


class gopm_value_info(Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("kind", c_uint32),
        ("provenance", c_uint32),
        ("flags", c_uint32),
        ("variable_flags", c_uint32),
        ("name", gopm_str),
        ("type", gopm_str),
        ("unreadable", gopm_str),
        ("address", c_uint64),
        ("size", c_uint64),
        ("decl_line", c_int64),
        ("integer", c_int64),
        ("uinteger", c_uint64),
        ("real", c_double),
        ("imaginary", c_double),
        ("text", gopm_str),
        ("length", c_uint64),
        ("capacity", c_uint64),
        ("base", c_uint64),
        ("child_count", c_uint64),
        ("senders", c_uint64),
        ("receivers", c_uint64),
        ("origin", gopm_str),
    ]


class gopm_heap_options(Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("flags", c_uint32),
        ("reserved", c_uint32),
        ("progress", gopm_progress_fn),
        ("progress_user_data", c_void_p),
    ]


class gopm_heap_info(Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("flags", c_uint32),
        ("reserved", c_uint32),
        ("objects", c_uint64),
        ("bytes", c_uint64),
        ("live_objects", c_uint64),
        ("live_bytes", c_uint64),
        ("in_use", c_uint64),
        ("free_slots", c_uint64),
        ("rounding", c_uint64),
        ("stacks", c_uint64),
        ("idle", c_uint64),
        ("released", c_uint64),
        ("mapped", c_uint64),
    ]


class gopm_heap_filter(Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("flags", c_uint32),
        ("reserved", c_uint32),
        ("type", c_char_p),
    ]


class gopm_heap_type(Structure):
    _fields_ = [
        ("type", gopm_str),
        ("descriptor", c_uint64),
        ("form", c_uint32),
        ("from", c_uint32),
        ("objects", c_uint64),
        ("elems", c_uint64),
        ("bytes", c_uint64),
        ("live_objects", c_uint64),
        ("live_bytes", c_uint64),
        ("slot_size", c_uint64),
        ("pointers", c_uint32),
        ("reserved", c_uint32),
    ]


class gopm_heap_object(Structure):
    _fields_ = [
        ("address", c_uint64),
        ("size", c_uint64),
        ("elems", c_uint64),
        ("type", gopm_str),
        ("descriptor", c_uint64),
        ("form", c_uint32),
        ("from", c_uint32),
        ("flags", c_uint32),
        ("reserved", c_uint32),
    ]


class gopm_heap_node(Structure):
    _fields_ = [
        ("id", c_uint64),
        ("name", gopm_str),
        ("address", c_uint64),
        ("objects", c_uint64),
        ("bytes", c_uint64),
        ("own_bytes", c_uint64),
        ("instances", c_uint64),
        ("kind", c_uint32),
        ("form", c_uint32),
    ]


class gopm_heap_step(Structure):
    _fields_ = [
        ("object", c_uint64),
        ("place", c_uint64),
        ("target", c_uint64),
        ("inside", c_uint64),
        ("type", gopm_str),
        ("form", c_uint32),
        ("reserved", c_uint32),
    ]


class gopm_heap_suspect(Structure):
    _fields_ = [
        ("name", gopm_str),
        ("kind", c_uint32),
        ("form", c_uint32),
        ("address", c_uint64),
        ("objects", c_uint64),
        ("bytes", c_uint64),
        ("instances", c_uint64),
        ("point", gopm_str),
        ("point_address", c_uint64),
        ("point_bytes", c_uint64),
        ("child", gopm_str),
        ("child_objects", c_uint64),
        ("child_bytes", c_uint64),
        ("point_kind", c_uint32),
        ("point_form", c_uint32),
        ("child_form", c_uint32),
        ("flags", c_uint32),
    ]


class gopm_heap_waste(Structure):
    _fields_ = [
        ("kind", c_uint32),
        ("reserved", c_uint32),
        ("count", c_uint64),
        ("bytes", c_uint64),
        ("type", gopm_str),
        ("text", gopm_str),
        ("length", c_uint64),
        ("example", c_uint64),
    ]


class gopm_module(Structure):
    _fields_ = [
        ("address", c_uint64),
        ("size", c_uint64),
        ("bias", c_uint64),
        ("path", gopm_str),
        ("build_id", gopm_str),
        ("file", gopm_str),
        ("searched", gopm_str),
        ("source", c_uint32),
        ("flags", c_uint32),
    ]


class gopm_object(Structure):
    _fields_ = [
        ("address", c_uint64),
        ("kind", c_uint32),
        ("flags", c_uint32),
        ("type", gopm_str),
        ("in", gopm_str),
        ("name", gopm_str),
        ("owner", c_uint64),
        ("parent", c_uint64),
        ("word", c_uint64),
        ("goroutines", c_uint64),
        ("length", c_uint64),
        ("capacity", c_uint64),
        ("senders", c_uint64),
        ("receivers", c_uint64),
        ("waiters", c_uint64),
        ("readers", c_int64),
        ("reading", c_int64),
        ("counter", c_int64),
        ("deadline", c_int64),
        ("file", gopm_str),
        ("local", gopm_str),
        ("remote", gopm_str),
        ("fd", c_int32),
        ("reserved", c_uint32),
        ("state", gopm_str),
        ("runs", c_uint64),
        ("library", gopm_str),
        ("library_in", gopm_str),
    ]


class gopm_object_waiter(Structure):
    _fields_ = [
        ("goroutine", c_uint64),
        ("address", c_uint64),
        ("side", c_uint32),
        ("flags", c_uint32),
        ("element", c_uint64),
        ("wait_since", c_int64),
        ("wait_time", c_int64),
        ("user", gopm_location),
    ]


class gopm_objects_options(Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("flags", c_uint32),
        ("reserved", c_uint32),
        ("address", c_uint64),
        ("heap", c_void_p),
        ("progress", gopm_progress_fn),
        ("progress_user_data", c_void_p),
    ]


class gopm_profile_options(Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("kind", c_uint32),
        ("flags", c_uint32),
        ("progress", gopm_progress_fn),
        ("progress_user_data", c_void_p),
    ]


class gopm_profile_info(Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("kind", c_uint32),
        ("flags", c_uint32),
        ("sample_count", c_uint64),
        ("value_count", c_uint32),
        ("reserved", c_uint32),
        ("rate", c_int64),
        ("values", c_int64 * PROFILE_VALUES),
        ("pending", c_int64 * PROFILE_VALUES),
    ]


class gopm_profile_sample(Structure):
    _fields_ = [
        ("pcs", c_void_p),
        ("pc_count", c_uint64),
        ("values", c_int64 * PROFILE_VALUES),
        ("pending", c_int64 * PROFILE_VALUES),
        ("object_size", c_uint64),
        ("label_count", c_uint64),
    ]


class gopm_profile_target(Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("flags", c_uint32),
        ("reserved", c_uint32),
        ("path", c_char_p),
        ("write", gopm_write_fn),
        ("user_data", c_void_p),
    ]


class gopm_slim_options(Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("flags", c_uint32),
        ("profile", c_uint32),
        ("path", c_char_p),
        ("write", gopm_write_fn),
        ("user_data", c_void_p),
        ("compression", c_uint32),
        ("level", c_int32),
        ("threads", c_uint32),
        ("max_depth", c_uint32),
        ("max_object", c_uint64),
        ("max_reach", c_uint64),
        ("max_variable_stacks", c_uint64),
    ]


class gopm_slim_result(Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("file_size", c_uint64),
        ("core_size", c_uint64),
        ("memory_size", c_uint64),
        ("original_size", c_uint64),
        ("segment_count", c_uint64),
        ("thread_count", c_uint64),
        ("goroutine_count", c_uint64),
        ("finding_count", c_uint64),
        ("stopped_time", c_uint64),
    ]


class gopm_function(Structure):
    _fields_ = [
        ("name", gopm_str),
        ("file", gopm_str),
        ("entry", c_uint64),
        ("end", c_uint64),
        ("line", c_uint32),
        ("flags", c_uint32),
    ]


class gopm_source_file(Structure):
    _fields_ = [
        ("path", gopm_str),
    ]


class gopm_traceback_options(Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("level", c_uint32),
        ("flags", c_uint32),
        ("goroutine_id", c_uint64),
    ]


class gopm_type_info(Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("kind", c_uint32),
        ("source", c_uint32),
        ("flags", c_uint32),
        ("direction", c_uint32),
        ("name", gopm_str),
        ("size", c_uint64),
        ("descriptor", c_uint64),
        ("length", c_uint64),
        ("field_count", c_uint64),
        ("method_count", c_uint64),
        ("align", c_uint32),
        ("parameter_count", c_uint32),
        ("result_count", c_uint32),
        ("reserved", c_uint32),
    ]


class gopm_type_field(Structure):
    _fields_ = [
        ("name", gopm_str),
        ("offset", c_uint64),
        ("size", c_uint64),
        ("flags", c_uint32),
        ("reserved", c_uint32),
    ]


class gopm_type_method(Structure):
    _fields_ = [
        ("name", gopm_str),
        ("function", gopm_str),
        ("entry", c_uint64),
        ("interface_entry", c_uint64),
        ("flags", c_uint32),
        ("reserved", c_uint32),
    ]


class gopm_type_name(Structure):
    _fields_ = [
        ("name", gopm_str),
        ("descriptor", c_uint64),
    ]


class gopm_why_options(Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("flags", c_uint32),
        ("reserved", c_uint32),
        ("progress", gopm_progress_fn),
        ("progress_user_data", c_void_p),
        ("heap", c_void_p),
    ]


class gopm_why_info(Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("flags", c_uint32),
        ("verdict", c_uint32),
        ("goroutines", c_uint64),
        ("waiting", c_uint64),
        ("leaked", c_uint64),
        ("suspects", c_uint64),
        ("findings", c_uint64),
    ]


class gopm_why_finding(Structure):
    _fields_ = [
        ("verdict", c_uint32),
        ("certainty", c_uint32),
        ("basis", c_uint32),
        ("pattern", c_uint32),
        ("waiters", c_uint64),
        ("blamed", c_uint64),
        ("objects", c_uint64),
        ("edges", c_uint64),
        ("structures", c_uint64),
        ("longest_wait", c_int64),
        ("text", gopm_str),
    ]


class gopm_why_waiter(Structure):
    _fields_ = [
        ("id", c_uint64),
        ("address", c_uint64),
        ("certainty", c_uint32),
        ("reserved", c_uint32),
    ]


class gopm_why_edge(Structure):
    _fields_ = [
        ("from", c_uint64),
        ("object", c_uint64),
        ("targets", c_uint64),
        ("waiters", c_uint64),
        ("how", c_uint32),
        ("evidence", c_uint32),
        ("certainty", c_uint32),
        ("reserved", c_uint32),
    ]


class gopm_why_holder(Structure):
    _fields_ = [
        ("goroutine", c_uint64),
        ("address", c_uint64),
        ("how", c_uint32),
        ("evidence", c_uint32),
        ("certainty", c_uint32),
        ("reserved", c_uint32),
        ("object", gopm_object),
    ]


class gopm_why_step(Structure):
    _fields_ = [
        ("goroutine", c_uint64),
        ("address", c_uint64),
        ("next", c_uint64),
        ("others", c_uint64),
        ("certainty", c_uint32),
        ("side", c_uint32),
        ("how", c_uint32),
        ("evidence", c_uint32),
        ("waits", c_uint32),
        ("reserved", c_uint32),
        ("object", gopm_object),
    ]


class gopm_leak(Structure):
    _fields_ = [
        ("id", c_uint64),
        ("address", c_uint64),
        ("group", c_uint64),
        ("certainty", c_uint32),
        ("basis", c_uint32),
    ]


class gopm_leak_group(Structure):
    _fields_ = [
        ("count", c_uint64),
        ("example_id", c_uint64),
        ("certainty", c_uint32),
        ("basis", c_uint32),
        ("kind", c_uint32),
        ("reserved", c_uint32),
        ("longest_wait", c_int64),
        ("go_statement", gopm_location),
        ("start", gopm_location),
        ("user", gopm_location),
    ]


# Function: result, parameters.
FUNCTIONS = {
    "gopm_version_number": (c_uint32, []),
    "gopm_version_string": (c_char_p, []),
    "gopm_escape": (c_int32, [c_char_p, c_size_t, c_uint32, c_void_p, c_size_t, c_void_p]),
    "gopm_status_text": (c_char_p, [c_int32]),
    "gopm_error_free": (None, [c_void_p]),
    "gopm_error_status": (c_int32, [c_void_p]),
    "gopm_error_message": (c_char_p, [c_void_p]),
    "gopm_error_path": (c_char_p, [c_void_p]),
    "gopm_error_offset": (c_uint64, [c_void_p]),
    "gopm_error_expression_offset": (c_uint64, [c_void_p]),
    "gopm_error_address": (c_uint64, [c_void_p]),
    "gopm_core_options_init": (None, [c_void_p, c_size_t]),
    "gopm_core_open": (c_int32, [c_void_p, c_void_p, c_void_p]),
    "gopm_core_open_path": (c_int32, [c_char_p, c_char_p, c_void_p, c_void_p]),
    "gopm_core_set_progress": (c_int32, [c_void_p, gopm_progress_fn, c_void_p]),
    "gopm_core_close": (None, [c_void_p]),
    "gopm_core_get_info": (c_int32, [c_void_p, c_void_p]),
    "gopm_memory_read": (c_int32, [c_void_p, c_uint64, c_void_p, c_size_t, c_void_p]),
    "gopm_symbolize": (c_int32, [c_void_p, c_uint64, c_void_p, c_size_t, c_size_t, c_void_p]),
    "gopm_symbol_name": (gopm_str, [c_void_p, gopm_str]),
    "gopm_mapping_iter_open": (c_int32, [c_void_p, c_void_p, c_void_p]),
    "gopm_mapping_iter_next": (c_int32, [c_void_p, c_void_p, c_size_t, c_size_t, c_void_p]),
    "gopm_mapping_iter_free": (None, [c_void_p]),
    "gopm_finding_kind_name": (gopm_str, [c_uint32]),
    "gopm_finding_iter_open": (c_int32, [c_void_p, c_void_p, c_void_p]),
    "gopm_finding_iter_next": (c_int32, [c_void_p, c_void_p, c_size_t, c_size_t, c_void_p]),
    "gopm_finding_iter_free": (None, [c_void_p]),
    "gopm_finding_total": (c_uint64, [c_void_p]),
    "gopm_wait_kind_name": (gopm_str, [c_uint32]),
    "gopm_goroutine_filter_init": (None, [c_void_p, c_size_t]),
    "gopm_goroutine_iter_open": (c_int32, [c_void_p, c_void_p, c_void_p, c_void_p]),
    "gopm_goroutine_iter_next": (c_int32, [c_void_p, c_void_p, c_size_t, c_size_t, c_void_p]),
    "gopm_goroutine_iter_free": (None, [c_void_p]),
    "gopm_goroutine_by_id": (c_int32, [c_void_p, c_uint64, c_void_p, c_size_t, c_void_p]),
    "gopm_goroutine_by_address": (c_int32, [c_void_p, c_uint64, c_void_p, c_size_t, c_void_p]),
    "gopm_goroutine_waits": (c_int32, [c_void_p, c_uint64, c_void_p, c_size_t, c_size_t, c_void_p]),
    "gopm_goroutine_labels": (c_int32, [c_void_p, c_uint64, c_void_p, c_size_t, c_size_t, c_void_p]),
    "gopm_group_iter_open": (c_int32, [c_void_p, c_uint32, c_char_p, c_void_p, c_void_p, c_void_p]),
    "gopm_group_iter_next": (c_int32, [c_void_p, c_void_p, c_size_t, c_size_t, c_void_p]),
    "gopm_group_iter_free": (None, [c_void_p]),
    "gopm_goroutines_arrow": (c_int32, [c_void_p, c_void_p, c_void_p, c_void_p]),
    "gopm_core_build_info": (c_int32, [c_void_p, c_void_p]),
    "gopm_build_settings": (c_int32, [c_void_p, c_void_p, c_size_t, c_size_t, c_void_p]),
    "gopm_build_dependencies": (c_int32, [c_void_p, c_void_p, c_size_t, c_size_t, c_void_p]),
    "gopm_thread_iter_open": (c_int32, [c_void_p, c_void_p, c_void_p]),
    "gopm_thread_iter_next": (c_int32, [c_void_p, c_void_p, c_size_t, c_size_t, c_void_p]),
    "gopm_thread_iter_free": (None, [c_void_p]),
    "gopm_thread_registers": (c_int32, [c_void_p, c_uint64, c_void_p, c_size_t, c_size_t, c_void_p]),
    "gopm_stack_options_init": (None, [c_void_p, c_size_t]),
    "gopm_stack_open": (c_int32, [c_void_p, c_void_p, c_void_p, c_void_p]),
    "gopm_stack_reopen": (c_int32, [c_void_p, c_void_p, c_void_p]),
    "gopm_stack_free": (None, [c_void_p]),
    "gopm_stack_size": (c_size_t, [c_void_p]),
    "gopm_stack_first": (c_uint64, [c_void_p]),
    "gopm_stack_depth": (c_uint64, [c_void_p]),
    "gopm_stack_frames": (c_int32, [c_void_p, c_size_t, c_void_p, c_size_t, c_size_t, c_void_p]),
    "gopm_frame_registers": (c_int32, [c_void_p, c_size_t, c_void_p, c_size_t, c_size_t, c_void_p]),
    "gopm_stack_end": (c_uint32, [c_void_p, c_void_p]),
    "gopm_value_options_init": (None, [c_void_p, c_size_t]),
    "gopm_frame_vars": (c_int32, [c_void_p, c_size_t, c_void_p, c_void_p, c_void_p]),
    "gopm_vars_free": (None, [c_void_p]),
    "gopm_vars_size": (c_size_t, [c_void_p]),
    "gopm_vars_value": (c_int32, [c_void_p, c_size_t, c_void_p]),
    "gopm_value_get_info": (c_int32, [c_void_p, c_void_p]),
    "gopm_value_child": (c_int32, [c_void_p, c_uint64, c_void_p, c_void_p]),
    "gopm_value_content": (c_int32, [c_void_p, c_void_p, c_void_p]),
    "gopm_value_free": (None, [c_void_p]),
    "gopm_value_text": (c_int32, [c_void_p, c_void_p, c_size_t, c_void_p]),
    "gopm_value_json": (c_int32, [c_void_p, c_uint32, c_void_p, c_size_t, c_void_p]),
    "gopm_eval": (c_int32, [c_void_p, c_void_p, c_size_t, c_char_p, c_void_p, c_void_p, c_void_p]),
    "gopm_package_vars": (c_int32, [c_void_p, c_char_p, c_void_p, c_void_p, c_void_p]),
    "gopm_heap_options_init": (None, [c_void_p, c_size_t]),
    "gopm_heap_open": (c_int32, [c_void_p, c_void_p, c_void_p, c_void_p]),
    "gopm_heap_close": (None, [c_void_p]),
    "gopm_heap_get_info": (c_int32, [c_void_p, c_void_p]),
    "gopm_heap_filter_init": (None, [c_void_p, c_size_t]),
    "gopm_heap_type_iter_open": (c_int32, [c_void_p, c_void_p, c_void_p, c_void_p]),
    "gopm_heap_type_iter_next": (c_int32, [c_void_p, c_void_p, c_size_t, c_size_t, c_void_p]),
    "gopm_heap_type_iter_free": (None, [c_void_p]),
    "gopm_heap_object_iter_open": (c_int32, [c_void_p, c_void_p, c_void_p, c_void_p]),
    "gopm_heap_object_iter_next": (c_int32, [c_void_p, c_void_p, c_size_t, c_size_t, c_void_p]),
    "gopm_heap_object_iter_free": (None, [c_void_p]),
    "gopm_heap_object_at": (c_int32, [c_void_p, c_uint64, c_void_p, c_size_t]),
    "gopm_heap_node_iter_open": (c_int32, [c_void_p, c_uint32, c_void_p, c_void_p, c_void_p]),
    "gopm_heap_node_iter_next": (c_int32, [c_void_p, c_void_p, c_size_t, c_size_t, c_void_p]),
    "gopm_heap_node_iter_free": (None, [c_void_p]),
    "gopm_heap_node_children": (c_int32, [c_void_p, c_uint64, c_void_p, c_size_t, c_size_t, c_void_p, c_void_p, c_void_p]),
    "gopm_heap_path_open": (c_int32, [c_void_p, c_uint64, c_void_p, c_void_p]),
    "gopm_heap_path_text": (gopm_str, [c_void_p]),
    "gopm_heap_path_steps": (c_int32, [c_void_p, c_void_p, c_size_t, c_size_t, c_void_p]),
    "gopm_heap_path_free": (None, [c_void_p]),
    "gopm_heap_referrers": (c_int32, [c_void_p, c_uint64, c_void_p, c_size_t, c_size_t, c_void_p, c_void_p]),
    "gopm_heap_suspects": (c_int32, [c_void_p, c_uint32, c_void_p, c_void_p, c_size_t, c_size_t, c_void_p, c_void_p]),
    "gopm_heap_find_waste": (c_int32, [c_void_p, c_void_p, c_void_p, c_size_t, c_size_t, c_void_p, c_void_p]),
    "gopm_location_json": (c_int32, [c_void_p, c_size_t, c_uint32, c_void_p, c_size_t, c_void_p]),
    "gopm_goroutine_json": (c_int32, [c_void_p, c_void_p, c_size_t, c_uint32, c_void_p, c_size_t, c_void_p]),
    "gopm_group_json": (c_int32, [c_void_p, c_size_t, c_uint32, c_uint32, c_void_p, c_size_t, c_void_p]),
    "gopm_thread_json": (c_int32, [c_void_p, c_void_p, c_size_t, c_uint32, c_void_p, c_size_t, c_void_p]),
    "gopm_frame_json": (c_int32, [c_void_p, c_size_t, c_uint32, c_void_p, c_size_t, c_void_p]),
    "gopm_stack_json": (c_int32, [c_void_p, c_void_p, c_uint32, gopm_write_fn, c_void_p, c_void_p]),
    "gopm_finding_json": (c_int32, [c_void_p, c_size_t, c_uint32, c_void_p, c_size_t, c_void_p]),
    "gopm_module_iter_open": (c_int32, [c_void_p, c_void_p, c_void_p]),
    "gopm_module_iter_next": (c_int32, [c_void_p, c_void_p, c_size_t, c_size_t, c_void_p]),
    "gopm_module_iter_free": (None, [c_void_p]),
    "gopm_objects_options_init": (None, [c_void_p, c_size_t]),
    "gopm_objects_open": (c_int32, [c_void_p, c_void_p, c_void_p, c_void_p]),
    "gopm_objects_free": (None, [c_void_p]),
    "gopm_objects_list": (c_int32, [c_void_p, c_void_p, c_size_t, c_size_t, c_size_t, c_void_p]),
    "gopm_objects_waiters": (c_int32, [c_void_p, c_uint64, c_void_p, c_size_t, c_size_t, c_size_t, c_void_p]),
    "gopm_profile_options_init": (None, [c_void_p, c_size_t]),
    "gopm_profile_open": (c_int32, [c_void_p, c_void_p, c_void_p, c_void_p]),
    "gopm_profile_get_info": (c_int32, [c_void_p, c_void_p]),
    "gopm_profile_samples": (c_int32, [c_void_p, c_uint64, c_void_p, c_size_t, c_size_t, c_void_p]),
    "gopm_profile_frames": (c_int32, [c_void_p, c_uint64, c_void_p, c_size_t, c_size_t, c_void_p]),
    "gopm_profile_labels": (c_int32, [c_void_p, c_uint64, c_void_p, c_size_t, c_size_t, c_void_p]),
    "gopm_profile_write": (c_int32, [c_void_p, c_void_p, c_void_p]),
    "gopm_profile_free": (None, [c_void_p]),
    "gopm_slim_options_init": (None, [c_void_p, c_size_t]),
    "gopm_slim": (c_int32, [c_void_p, c_void_p, c_void_p, c_void_p]),
    "gopm_function_iter_open": (c_int32, [c_void_p, c_char_p, c_void_p, c_void_p]),
    "gopm_function_iter_next": (c_int32, [c_void_p, c_void_p, c_size_t, c_size_t, c_void_p]),
    "gopm_function_iter_free": (None, [c_void_p]),
    "gopm_source_file_iter_open": (c_int32, [c_void_p, c_char_p, c_void_p, c_void_p]),
    "gopm_source_file_iter_next": (c_int32, [c_void_p, c_void_p, c_size_t, c_size_t, c_void_p]),
    "gopm_source_file_iter_free": (None, [c_void_p]),
    "gopm_traceback_options_init": (None, [c_void_p, c_size_t]),
    "gopm_traceback": (c_int32, [c_void_p, c_void_p, gopm_write_fn, c_void_p, c_void_p]),
    "gopm_type_by_name": (c_int32, [c_void_p, c_char_p, c_void_p, c_void_p]),
    "gopm_type_by_descriptor": (c_int32, [c_void_p, c_uint64, c_void_p, c_void_p]),
    "gopm_type_iter_open": (c_int32, [c_void_p, c_char_p, c_void_p, c_void_p]),
    "gopm_type_iter_next": (c_int32, [c_void_p, c_void_p, c_size_t, c_size_t, c_void_p]),
    "gopm_type_iter_free": (None, [c_void_p]),
    "gopm_value_type": (c_int32, [c_void_p, c_void_p]),
    "gopm_type_free": (None, [c_void_p]),
    "gopm_type_get_info": (c_int32, [c_void_p, c_void_p]),
    "gopm_type_get_field": (c_int32, [c_void_p, c_uint64, c_void_p, c_size_t, c_void_p]),
    "gopm_type_elem": (c_int32, [c_void_p, c_void_p]),
    "gopm_type_key": (c_int32, [c_void_p, c_void_p]),
    "gopm_type_parameter": (c_int32, [c_void_p, c_uint64, c_void_p]),
    "gopm_type_get_method": (c_int32, [c_void_p, c_uint64, c_void_p, c_size_t, c_void_p]),
    "gopm_value_at": (c_int32, [c_void_p, c_uint64, c_void_p, c_void_p, c_void_p]),
    "gopm_why_options_init": (None, [c_void_p, c_size_t]),
    "gopm_why_open": (c_int32, [c_void_p, c_void_p, c_void_p, c_void_p]),
    "gopm_why_close": (None, [c_void_p]),
    "gopm_why_get_info": (c_int32, [c_void_p, c_void_p]),
    "gopm_why_findings": (c_int32, [c_void_p, c_void_p, c_size_t, c_size_t, c_void_p]),
    "gopm_why_waiters": (c_int32, [c_void_p, c_size_t, c_void_p, c_size_t, c_size_t, c_void_p]),
    "gopm_why_blamed": (c_int32, [c_void_p, c_size_t, c_void_p, c_size_t, c_size_t, c_void_p]),
    "gopm_why_objects": (c_int32, [c_void_p, c_size_t, c_void_p, c_size_t, c_size_t, c_void_p]),
    "gopm_why_edges": (c_int32, [c_void_p, c_size_t, c_void_p, c_size_t, c_size_t, c_void_p]),
    "gopm_why_edge_targets": (c_int32, [c_void_p, c_size_t, c_size_t, c_void_p, c_size_t, c_void_p]),
    "gopm_why_holders": (c_int32, [c_void_p, c_void_p, c_size_t, c_size_t, c_void_p]),
    "gopm_why_chain": (c_int32, [c_void_p, c_uint64, c_void_p, c_size_t, c_size_t, c_void_p]),
    "gopm_why_leaks": (c_int32, [c_void_p, c_void_p, c_size_t, c_size_t, c_void_p]),
    "gopm_why_leak_groups": (c_int32, [c_void_p, c_void_p, c_size_t, c_size_t, c_void_p]),
}


def declare(library):
    """Gives the functions of a loaded library their types."""
    for name, (result, parameters) in FUNCTIONS.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, parameters
    return library
