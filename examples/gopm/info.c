/* SPDX-License-Identifier: Apache-2.0 */
#include "build.h"
#include "command.h"
#include "json.h"
#include "signal_text.h"
#include "text.h"

#include <inttypes.h>

static void text_size(uint64_t bytes)
{
	static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
	double size = (double)bytes;
	size_t unit = 0;

	while (size >= 1024 && unit + 1 < sizeof units / sizeof units[0]) {
		size /= 1024;
		unit++;
	}
	output_printf(unit == 0 ? "%.0f %s" : "%.1f %s", size, units[unit]);
}

static void line(const char *name)
{
	output_printf("%-12s ", name);
}

static const char *death_name(uint32_t death)
{
	switch (death) {
	case GOPM_DEATH_NONE:
		return "none";
	case GOPM_DEATH_SIGNAL:
		return "signal";
	case GOPM_DEATH_PANIC:
		return "panic";
	case GOPM_DEATH_FATAL:
		return "fatal error";
	default:
		return "unknown";
	}
}

static void text_death(const gopm_core_info *info)
{
	line("death:");
	if (info->death == GOPM_DEATH_NONE) {
		output_text("none: the process was alive\n");
		return;
	}
	output_string(death_name(info->death));
	if (info->death_text.size != 0) {
		output_text(": ");
		output_str(info->death_text);
	}
	if (info->signal != 0) {
		output_text(" (");
		text_signal(info);
		output_char(')');
	}
	if (info->death_thread != 0) {
		output_printf(", thread %" PRIu32, info->death_thread);
	}
	if (info->death_goroutine != 0) {
		output_printf(", goroutine %" PRIu64, info->death_goroutine);
	}
	output_char('\n');
}

/* "f at x.c:7, in /lib/libx.so (build ID 12ab)" */
static void text_crash_frame(const struct crash_frame *at)
{
	const gopm_frame *frame = &at->frame;

	text_function(frame->location.function);
	output_text(" at ");
	text_place_in(&frame->location, frame->object, frame->object_offset);
	/* Without a line, the place has it already. */
	if (frame->location.file.size != 0) {
		output_text(", in ");
		output_str(frame->object);
	}
	if (!at->in_program && at->build_id.size != 0) {
		output_text(" (build ID ");
		output_str(at->build_id);
		output_char(')');
	}
}

static void text_crash(const struct session *session, const gopm_core_info *info)
{
	struct crash_place place;

	if (!crash_place_find(session->core, info, &place)) {
		return;
	}
	line("crashed in:");
	if (place.at.frame.object.size != 0) {
		text_crash_frame(&place.at);
	} else {
		output_printf("0x%" PRIx64 ", in no module", place.at.frame.pc);
	}
	if (place.caller.frame.object.size != 0) {
		output_text(", called by ");
		text_crash_frame(&place.caller);
	}
	output_char('\n');
	gopm_stack_free(place.stack);
}

static const char *profile_name(uint32_t profile)
{
	static const char *const names[] = {
	    [GOPM_SLIM_DEFAULT] = "default", [GOPM_SLIM_STACKS] = "stacks", [GOPM_SLIM_HEAP] = "heap"};

	return profile < sizeof names / sizeof names[0] ? names[profile] : "unknown";
}

/* Live goroutines. */
struct counts {
	uint64_t live, system;
	bool known;
};

static struct counts count_goroutines(gopm_core *core)
{
	enum { batch = 256 };
	static gopm_goroutine records[batch];
	struct counts counts = {0};
	gopm_goroutine_filter filter;
	gopm_goroutine_iter *it = NULL;
	size_t got = 0;

	gopm_goroutine_filter_init(&filter, sizeof filter);
	filter.fields = 0; /* the flags are always set */
	counts.known = gopm_goroutine_iter_open(core, &filter, &it, NULL) == GOPM_OK;
	while (counts.known && gopm_goroutine_iter_next(it, records, sizeof records[0], batch, &got) == GOPM_OK) {
		for (size_t i = 0; i < got; i++) {
			counts.system += (records[i].flags & GOPM_G_FLAG_SYSTEM) != 0;
		}
		counts.live += got;
	}
	gopm_goroutine_iter_free(it);
	return counts;
}

/* The command that most people need next: where it died, or where goroutines wait. */
static void text_next(const struct session *session, const gopm_core_info *info)
{
	static const char deadlock[] = "all goroutines are asleep";
	bool hangs = info->death_text.size >= sizeof deadlock - 1 &&
	             memcmp(info->death_text.data, deadlock, sizeof deadlock - 1) == 0;
	bool died = info->death != GOPM_DEATH_NONE && !hangs && (info->death_goroutine != 0 || info->death_thread != 0);

	line("next:");
	bool bare = (info->flags & GOPM_CORE_NO_MEMORY) != 0;
	output_string(bare ? "gopm threads" : died ? "gopm stack --full" : "gopm goroutines --group-by user");
	if (session->options.core_pid != 0) {
		output_printf(" --pid %" PRIu32, session->options.core_pid);
	} else {
		output_char(' ');
		text_word(session->core_path != NULL ? session->core_path : "CORE");
	}
	if (session->exe_path != NULL) {
		output_char(' ');
		text_word(session->exe_path);
	}
	output_char('\n');
}

static void text_counts(const gopm_core_info *info, const struct counts *counts)
{
	line("goroutines:");
	if (!counts->known) {
		output_text("unknown: the core has no memory of them\n");
		return;
	}
	output_u64(counts->live);
	output_text(" live, ");
	output_u64(counts->system);
	output_text(" of them the runtime's own");
	if (info->goroutine_slots != counts->live) {
		output_text("; ");
		output_count(info->goroutine_slots, "slot");
		output_text(" with dead ones");
	}
	output_string((info->flags & GOPM_CORE_PARTIAL) != 0 ? " (the list is incomplete)\n" : "\n");
}

static void text_info(const struct session *session, const gopm_core_info *info, const struct counts *counts)
{
	line("core:");
	output_str(info->core_path);
	output_text(" (");
	text_size(info->core_size);
	if (info->compression.size != 0) {
		output_text(" unpacked, ");
		output_str(info->compression);
	}
	output_text(", ");
	text_size(info->memory_size);
	output_text(" of memory");
	if ((info->flags & GOPM_CORE_TRUNCATED) != 0) {
		output_text(", truncated");
	}
	if ((info->flags & GOPM_CORE_LIVE) != 0) {
		output_text(", a live process");
	}
	output_text(")\n");
	if ((info->flags & GOPM_CORE_SLIM) != 0) {
		line("made from:");
		output_text("a core of ");
		text_size(info->original_size);
		output_printf(", profile %s\n", profile_name(info->slim_profile));
	}

	line("executable:");
	if ((info->flags & GOPM_CORE_EXE_FROM_CORE) != 0) {
		output_text("read from the core");
	} else {
		output_str(info->exe_path);
	}
	output_string((info->flags & GOPM_CORE_HAS_DWARF) != 0 ? " (DWARF" : " (no DWARF");
	if ((info->flags & GOPM_CORE_PIE) != 0) {
		output_printf(", PIE, loaded at 0x%" PRIx64, info->exe_bias);
	}
	output_string((info->flags & GOPM_CORE_EXE_MISMATCH) != 0 ? ", NOT the executable of this core)\n" : ")\n");

	line("build ID:");
	output_str(info->exe_build_id.size != 0 ? info->exe_build_id : (gopm_str){"none", 4});
	if (info->core_build_id.size == 0) {
		output_text(" (the core has none to compare)");
	} else if ((info->flags & GOPM_CORE_EXE_MISMATCH) != 0) {
		output_text(" (the core has ");
		output_str(info->core_build_id);
		output_char(')');
	}
	output_char('\n');

	line("Go:");
	output_str(info->go_version.size != 0 ? info->go_version : (gopm_str){"unknown version", 15});
	output_char(' ');
	output_str(info->machine);
	output_char('\n');
	text_build(session->core);
	line("process:");
	if (info->pid != 0) {
		output_printf("%" PRIu32 " ", info->pid);
	}
	output_str(info->command_line);
	output_char('\n');
	line("threads:");
	output_u64(info->thread_count);
	output_char('\n');
	text_counts(info, counts);
	text_death(info);
	text_crash(session, info);
	if (info->backlog.size != 0) {
		output_text("last output of the runtime:\n");
		/* Print each line alone, because output_str() quotes newlines. */
		for (size_t from = 0, i = 0; i <= info->backlog.size; i++) {
			if (i == info->backlog.size || info->backlog.data[i] == '\n') {
				if (i > from) {
					output_text("    ");
					output_str((gopm_str){info->backlog.data + from, i - from});
					output_char('\n');
				}
				from = i + 1;
			}
		}
	}
	text_next(session, info);
}

static void member_str(const char *key, gopm_str value)
{
	output_printf(",\"%s\":", key);
	json_string(value);
}

static void member_u64(const char *key, uint64_t value)
{
	output_printf(",\"%s\":%" PRIu64, key, value);
}

static void member_flag(const gopm_core_info *info, const char *key, uint32_t flag)
{
	output_printf(",\"%s\":%s", key, (info->flags & flag) != 0 ? "true" : "false");
}

/* Frames of C: as in a stack, with their module. */
static void json_crash_frame(const struct crash_frame *at)
{
	output_text("{\"frame\":");
	json_frame(&at->frame);
	json_next_key("buildID");
	json_string(at->build_id);
	json_next_key("program");
	json_bool(at->in_program);
	output_char('}');
}

static void json_crash(gopm_core *core, const gopm_core_info *info)
{
	struct crash_place place;

	if (!crash_place_find(core, info, &place)) {
		return;
	}
	json_next_key("crashedIn");
	json_crash_frame(&place.at);
	if (place.caller.frame.object.size != 0) {
		json_next_key("crashCaller");
		json_crash_frame(&place.caller);
	}
	gopm_stack_free(place.stack);
}

static void json_info(gopm_core *core, const gopm_core_info *info, const struct counts *counts)
{
	output_text("{\"result\":{\"core\":");
	json_string(info->core_path);
	member_str("exe", info->exe_path);
	member_str("coreBuildID", info->core_build_id);
	member_str("exeBuildID", info->exe_build_id);
	member_str("goVersion", info->go_version);
	member_str("machine", info->machine);
	member_str("compression", info->compression);
	member_str("commandLine", info->command_line);
	member_u64("pid", info->pid);
	member_u64("exeBias", info->exe_bias);
	member_u64("coreSize", info->core_size);
	member_u64("memorySize", info->memory_size);
	member_u64("threads", info->thread_count);
	member_u64("goroutineSlots", info->goroutine_slots);
	member_flag(info, "exeMismatch", GOPM_CORE_EXE_MISMATCH);
	member_flag(info, "exeFromCore", GOPM_CORE_EXE_FROM_CORE);
	member_flag(info, "truncated", GOPM_CORE_TRUNCATED);
	member_flag(info, "dwarf", GOPM_CORE_HAS_DWARF);
	member_flag(info, "pie", GOPM_CORE_PIE);
	member_flag(info, "partial", GOPM_CORE_PARTIAL);
	json_next_key("death");
	json_cstring(death_name(info->death));
	output_printf(",\"signal\":%" PRId32 ",\"signalCode\":%" PRId32, info->signal, info->signal_code);
	member_u64("faultAddress", info->fault_address);
	member_u64("signalPC", info->signal_pc);
	output_printf(",\"kernelSignal\":%" PRId32, info->kernel_signal);
	member_u64("signalSender", info->signal_sender);
	json_crash(core, info);
	member_u64("deathThread", info->death_thread);
	member_u64("deathGoroutine", info->death_goroutine);
	member_str("deathText", info->death_text);
	member_str("deathLines", info->death_lines);
	member_str("backlog", info->backlog);
	output_printf(",\"now\":%" PRId64 ",\"unixNow\":%" PRId64, info->now, info->unix_now);
	member_flag(info, "live", GOPM_CORE_LIVE);
	member_flag(info, "slim", GOPM_CORE_SLIM);
	member_str("slimProfile",
	           (info->flags & GOPM_CORE_SLIM) != 0
	               ? (gopm_str){profile_name(info->slim_profile), strlen(profile_name(info->slim_profile))}
	               : (gopm_str){NULL, 0});
	member_u64("originalSize", info->original_size);
	if (counts->known) {
		member_u64("goroutines", counts->live);
		member_u64("systemGoroutines", counts->system);
	}
	json_build(core);
	output_text("}}\n");
}

static int run_info(const struct command *command, int argc, char **argv)
{
	struct session session;
	gopm_core_info info = {.struct_size = sizeof info};
	bool json;
	int code = session_options_json(&session, command, argc, argv, &json);
	if (code < 0) {
		code = session_open(&session, argc, argv);
	}
	if (code >= 0) {
		return code;
	}
	gopm_status status = gopm_core_get_info(session.core, &info);
	if (status != GOPM_OK) {
		return session_close(&session, session_fail(status, NULL));
	}
	struct counts counts = count_goroutines(session.core);
	if (json) {
		json_info(session.core, &info, &counts);
	} else {
		text_info(&session, &info, &counts);
	}
	return session_close(&session, EXIT_DONE);
}

static const struct example examples[] = {
    {"info core", "describe the core; gopm finds the executable"},
    {"info --json core server", "the same as JSON, with the executable given"},
    {0},
};

const struct command command_info = {
    .name = "info",
    .summary = "describe the core, its executable, and how the process ended",
    .arguments = "[options] CORE [EXE]",
    .about =
        "Shows the core and executable with their build IDs, the Go version, the module and revision of the build, the "
        "number of threads and goroutines, how the process ended, and the command that usually comes next.",
    .options = json_options,
    .examples = examples,
    .run = run_info,
};
