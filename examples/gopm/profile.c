/* SPDX-License-Identifier: Apache-2.0 */
/* gopm profile: the profiles that the process had collected. */
#include "profile.h"

#include <string.h>
#include <unistd.h>

#include "message.h"
#include "output.h"
#include "progress.h"
#include "suggest.h"

#define DEFAULT_SITES 20

const struct profile_kind profile_kinds[] = {
    [GOPM_PROFILE_HEAP] = {"heap", {"alloc_objects", "alloc_space", "inuse_objects", "inuse_space"}, 3},
    [GOPM_PROFILE_ALLOCS] = {"allocs", {"alloc_objects", "alloc_space", "inuse_objects", "inuse_space"}, 1},
    [GOPM_PROFILE_MUTEX] = {"mutex", {"contentions", "delay"}, 1},
    [GOPM_PROFILE_BLOCK] = {"block", {"contentions", "delay"}, 1},
    [GOPM_PROFILE_GOROUTINE] = {"goroutine", {"goroutine"}, 0},
    {NULL, {NULL}, 0},
};

static int32_t to_stdout(void *user_data, const char *data, size_t size)
{
	(void)user_data;
	output_raw(data, size);
	return 0; /* output_raw() ends the program if it cannot write */
}

static int write_profile(const struct profile_command *c, gopm_profile *profile, const gopm_profile_info *info)
{
	gopm_profile_target target = {.struct_size = sizeof target, .path = c->output};
	gopm_error *err = NULL;

	target.flags = c->force ? GOPM_PROFILE_TARGET_REPLACE : 0;
	if (strcmp(c->output, "-") == 0) {
		target.path = NULL;
		target.write = to_stdout;
	}
	gopm_status status = gopm_profile_write(profile, &target, &err);
	if (status == GOPM_ERR_EXISTS) {
		complain_error(status, err, "use --force to replace it");
		gopm_error_free(err);
		return EXIT_FAILED;
	}
	if (status != GOPM_OK) {
		return session_fail(status, err);
	}
	/* Standard output has the profile, so there is no room for the result. */
	if (target.path == NULL) {
		return EXIT_DONE;
	}
	if (c->json) {
		output_printf("{\"samples\":%llu}\n", (unsigned long long)info->sample_count);
		return EXIT_DONE;
	}
	output_count(info->sample_count, "sample");
	output_text("; see it with go tool pprof\n");
	profile_print_pending(info, (c->options.flags & GOPM_PROFILE_FLAG_PENDING) != 0);
	return EXIT_DONE;
}

static int show_profile(const struct profile_command *c, gopm_profile *profile)
{
	const char *name = profile_kinds[c->options.kind].name;
	gopm_profile_info info = {.struct_size = sizeof info};
	gopm_status status = gopm_profile_get_info(profile, &info);

	if (status != GOPM_OK) {
		return session_fail(status, NULL);
	}
	if (c->output != NULL) {
		return write_profile(c, profile, &info);
	}
	status = c->json ? profile_print_json(profile, &info, c->limit) : profile_print_text(profile, &info, c->limit);
	if (status != GOPM_OK) {
		return session_fail(status, NULL);
	}
	if (!c->json) {
		profile_print_pending(&info, (c->options.flags & GOPM_PROFILE_FLAG_PENDING) != 0);
	}
	if (info.sample_count == 0) {
		complain("the %s profile has no samples", name);
		return EXIT_NOTHING;
	}
	return EXIT_DONE;
}

static int read_profile(struct profile_command *c)
{
	gopm_profile *profile = NULL;
	gopm_error *err = NULL;

	c->options.progress = progress_update;
	progress_start("unwinding", c->session.quiet);
	gopm_status status = gopm_profile_open(c->session.core, &c->options, &profile, &err);
	progress_stop();
	if (status == GOPM_NOT_FOUND) {
		complain("the %s profile was not found: the core lacks it, or the process sampled nothing and the "
		         "program has no symbols",
		         profile_kinds[c->options.kind].name);
		return EXIT_NOTHING;
	}
	if (status != GOPM_OK) {
		return session_fail(status, err);
	}
	int code = show_profile(c, profile);
	gopm_profile_free(profile);
	return code;
}

static bool find_kind(const char *name, uint32_t *kind)
{
	for (uint32_t i = 0; profile_kinds[i].name != NULL; i++) {
		if (strcmp(profile_kinds[i].name, name) == 0) {
			*kind = i;
			return true;
		}
	}
	return false;
}

/* Takes NAME from the arguments: the first, or the last. */
static int take_kind(struct profile_command *c, int argc, char **argv)
{
	if (optind < argc && find_kind(argv[optind], &c->options.kind)) {
		optind++;
		return -1;
	}
	if (optind < argc && find_kind(argv[argc - 1], &c->options.kind)) {
		memmove(argv + optind + 1, argv + optind, (size_t)(argc - 1 - optind) * sizeof *argv);
		optind++;
		return -1;
	}
	if (optind < argc && access(argv[optind], F_OK) != 0) {
		struct suggestion near = {.word = argv[optind]};
		for (size_t i = 0; profile_kinds[i].name != NULL; i++) {
			suggestion_offer(&near, profile_kinds[i].name);
		}
		return usage_error(c->session.command,
		                   near.best != NULL
		                       ? "unknown profile %s; did you mean %s?"
		                       : "unknown profile %s; use heap, allocs, mutex, block or goroutine",
		                   argv[optind], near.best);
	}
	return usage_error(c->session.command, "no NAME given; use heap, allocs, mutex, block or goroutine");
}

static int run_profile(const struct command *command, int argc, char **argv)
{
	struct profile_command c = {.limit = 0};
	int option, code = -1;

	session_init(&c.session, command);
	gopm_profile_options_init(&c.options, sizeof c.options);
	while (code < 0 && (option = options_next(command, argc, argv)) != -1) {
		switch (option) {
		case 'o':
			c.output = optarg;
			break;
		case 'F':
			c.force = true;
			break;
		case 'j':
			c.json = true;
			break;
		case 'n':
			code = option_number(&c.session, "limit", &c.limit);
			break;
		case 0x201:
			c.options.flags |= GOPM_PROFILE_FLAG_PENDING;
			break;
		default:
			code = session_option(&c.session, option, argv);
		}
	}
	if (code < 0) {
		code = take_kind(&c, argc, argv);
	}
	if (code < 0) {
		c.limit = c.limit != 0 ? c.limit : c.json ? UINT64_MAX : DEFAULT_SITES;
		code = session_open(&c.session, argc, argv);
	}
	return code >= 0 ? code : session_close(&c.session, read_profile(&c));
}

static const struct option_row rows[] = {
    {'o', "output", "FILE", "write the profile for go tool pprof; \"-\" is standard output"},
    {'F', "force", NULL, "replace FILE if it exists"},
    {0x201, "pending", NULL, "add allocations and frees that the runtime did not publish yet"},
    {'n', "limit", "N", "print N sites (default 20), or N samples with --json"},
    {'j', "json", NULL, "print {\"result\":[...]}, a list of samples"},
    {0},
};

static const struct option_row *const tables[] = {rows, NULL};

static const struct example examples[] = {
    {"profile heap core server", "show which lines allocated what is in use"},
    {"profile heap -o heap.pb.gz core server", "write the profile; then: go tool pprof -http : heap.pb.gz"},
    {"profile mutex core server", "show which critical sections others waited for"},
    {0},
};

const struct command command_profile = {
    .name = "profile",
    .summary = "show or write the runtime's own profiles",
    .arguments = "[options] NAME CORE [EXE]",
    .about = "Shows a profile that the process had collected, or writes it for pprof. NAME is heap, allocs, mutex, "
             "block or goroutine. The result is what runtime/pprof would have written at that moment.\n\n"
             "Go samples memory in every program that uses its profiles, but mutexes and blocking only if the "
             "program calls runtime.SetMutexProfileFraction or runtime.SetBlockProfileRate.",
    .options = tables,
    .examples = examples,
    .run = run_profile,
};
