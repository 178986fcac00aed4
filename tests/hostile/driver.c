/* SPDX-License-Identifier: Apache-2.0 */
/* Damages a core or its executable, opens them, and compares all answers with those about the undamaged files.
 *
 *     driver CORE EXE|- CLASS FIRST COUNT [explain]
 *     driver classes
 *
 * FIRST is the first seed. The result is JSON on standard output; see run.py. A worker process makes the executions, so
 * that a crash, a hang or too much memory is seen with its seed. `explain` prints the changes and the differences. */
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hostile/damage.h"
#include "hostile/pages.h"

#define MAX_KINDS_OF_CHANGE 2048
#define MAX_FAILURES 64
#define EXECUTIONS_OF_A_WORKER 400
#define MAX_CPU 30                           /* seconds of one execution, with sanitizers on a slow machine */
#define MAX_MEMORY_KIB (UINT64_C(768) << 10) /* that one execution may add */

/* Executions whose damage and silently changed answers are of the same kinds. */
struct change_kind {
	struct damage damage;
	uint64_t silent; /* a bit for each kind of answer */
	uint64_t count, seed;
};

struct failure {
	uint64_t seed;
	uint32_t step;
	char what[40];
};

/* Shared by the parent and its workers. */
struct shared {
	uint64_t next; /* seed of the current or next execution */
	uint32_t step;
	uint64_t executions, refused, changed, silent;
	uint64_t most_memory, most_memory_seed, most_time, most_time_seed; /* KiB, microseconds of CPU */
	struct change_kind kinds[MAX_KINDS_OF_CHANGE];
	size_t kind_count;
	struct failure failures[MAX_FAILURES];
	size_t failure_count;
};

/* A finding of the undamaged core. */
struct known_finding {
	uint64_t hash, count;
};

static struct shared *shared;
static struct target target;
static struct answers clean, damaged;
static struct known_finding known[256];
static size_t known_count;
static bool explain;

static gopm_core *open_core(gopm_status *status)
{
	gopm_error *err;

	*read_step = STEP_OPEN;
	gopm_core *core = files_open(status, &err);
	if ((*status == GOPM_OK) != (core != NULL) || (*status == GOPM_OK) != (err == NULL)) {
		abort();
	}
	if (err != NULL && explain) {
		(void)fprintf(stderr, "  refused: %s\n", gopm_error_message(err));
	}
	gopm_error_free(err);
	return core;
}

/* Calls `visit` for each kept finding. */
static void each_finding(gopm_core *core, void (*visit)(const gopm_finding *finding, void *data), void *data)
{
	gopm_finding_iter *it;
	gopm_finding finding;
	size_t got;

	if (gopm_finding_iter_open(core, &it, NULL) == GOPM_OK) {
		while (gopm_finding_iter_next(it, &finding, sizeof finding, 1, &got) == GOPM_OK) {
			visit(&finding, data);
		}
		gopm_finding_iter_free(it);
	}
}

#define MAX_STUCK 4096
/* The goroutines of the undamaged core that are stuck for certain. */
static uint64_t clean_stuck[MAX_STUCK];
static size_t clean_stuck_count;

static void remember_finding(const gopm_finding *finding, void *data)
{
	(void)data;
	require(known_count < sizeof known / sizeof known[0], "too many findings");
	known[known_count++] = (struct known_finding){hash_str(finding->message), finding->count};
}

/* A finding is new if the undamaged core lacks it, or has it less often. */
static void count_new_finding(const gopm_finding *finding, void *data)
{
	const uint64_t hash = hash_str(finding->message);
	uint64_t *count = data;

	for (size_t i = 0; i < known_count; i++) {
		if (known[i].hash == hash && finding->count <= known[i].count) {
			return;
		}
	}
	++*count;
	if (explain) {
		(void)fprintf(stderr, "  finding: %.*s\n", (int)finding->message.size, finding->message.data);
	}
}

static void add_failure(uint64_t seed, const char *what)
{
	if (shared->failure_count < MAX_FAILURES) {
		struct failure *f = &shared->failures[shared->failure_count++];
		f->seed = seed;
		f->step = shared->step;
		(void)snprintf(f->what, sizeof f->what, "%s", what);
	}
}

static void count_silent(const struct damage *damage, uint64_t silent, uint64_t seed)
{
	struct change_kind *kind = shared->kinds;

	shared->silent++;
	for (size_t i = 0; i < shared->kind_count; i++, kind++) {
		if (kind->silent == silent && damage_is_same(&kind->damage, damage)) {
			kind->count++;
			return;
		}
	}
	if (shared->kind_count < MAX_KINDS_OF_CHANGE) {
		*kind = (struct change_kind){.damage = *damage, .silent = silent, .count = 1, .seed = seed};
		shared->kind_count++;
	}
}

/* True if a goroutine is stuck for certain that is not so in the undamaged core. No finding excuses that. */
static bool has_new_stuck(gopm_core *core)
{
	static uint64_t stuck[MAX_STUCK];
	const size_t count = read_why(core, stuck, MAX_STUCK);
	size_t at = 0;

	for (size_t i = 0; i < count; i++) {
		while (at < clean_stuck_count && clean_stuck[at] < stuck[i]) {
			at++;
		}
		if (at == clean_stuck_count || clean_stuck[at] != stuck[i]) {
			if (explain) {
				(void)fprintf(stderr, "  stuck for certain: g 0x%" PRIx64 "\n", stuck[i]);
			}
			return true;
		}
	}
	return false;
}

static gopm_status read_all(gopm_core *core, struct answers *answers)
{
	const gopm_status status = read_answers(core, &target.questions, answers);

	if (status == GOPM_OK) {
		*read_step = STEP_HEAP;
		read_heap(core, answers);
		*read_step = STEP_WHY;
		clean_stuck_count = read_why(core, clean_stuck, MAX_STUCK);
	}
	return status;
}

static void compare_with_clean(gopm_core *core, const struct damage *damage, uint64_t seed)
{
	const uint64_t of_heap =
	    UINT64_C(1) << ANSWER_HEAP | UINT64_C(1) << ANSWER_LIVE | UINT64_C(1) << ANSWER_HEAP_TYPES;
	uint64_t findings = 0, heap_findings = 0;

	answers_clear(&damaged);
	gopm_status status = read_answers(core, &target.questions, &damaged);
	each_finding(core, count_new_finding, &findings);
	if (status != GOPM_OK) {
		shared->refused++;
		return;
	}
	/* A finding of the heap does not announce the other answers. */
	*read_step = STEP_HEAP;
	read_heap(core, &damaged);
	each_finding(core, count_new_finding, &heap_findings);
	*read_step = STEP_WHY;
	const bool more_stuck = has_new_stuck(core);
	answers_sort(&damaged);
	struct difference d = answers_compare(&clean, &damaged, target.questions.in_scope);
	shared->changed += d.changed != 0;
	const uint64_t silent = (findings == 0 ? d.silent & ~of_heap : 0) |
	                        (heap_findings == 0 ? d.silent & of_heap : 0) |
	                        (more_stuck ? UINT64_C(1) << ANSWER_STUCK : 0);
	if (silent != 0) {
		count_silent(damage, silent, seed);
	}
}

/* Variables are read for the damaged goroutine and two more; package variables in every eighth execution. */
static void choose_scope(const struct damage_class *class, const struct damage *damage, uint64_t seed)
{
	struct questions *q = &target.questions;
	const size_t count = q->chosen_count;

	q->in_scope = count == 0 ? 0 : UINT64_C(1) << seed % count | UINT64_C(1) << seed / 7 % count;
	if (damage->owner != ALWAYS) {
		q->in_scope |= UINT64_C(1) << damage->owner;
	}
	if (class->all_variables) {
		q->in_scope = ~(UINT64_C(1) << GLOBALS | UINT64_C(1) << NATIVE);
	}
	q->native = class->native;
	if (q->native) {
		q->in_scope |= UINT64_C(1) << NATIVE;
	}
	q->globals = class->globals && seed % 8 == 0;
	if (q->globals) {
		q->in_scope |= UINT64_C(1) << GLOBALS;
	}
}

static uint64_t cpu_time(void)
{
	struct rusage used;

	(void)getrusage(RUSAGE_SELF, &used);
	return (uint64_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000 +
	       (uint64_t)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

/* Starts to measure the most memory used, and returns it so far, in KiB. */
static uint64_t most_memory(bool start)
{
	char text[4096];

	if (start) {
		int fd = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
		if (fd >= 0) {
			(void)!write(fd, "5", 1);
			(void)close(fd);
		}
	}
	int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, text, sizeof text - 1) : 0;
	(void)close(fd);
	text[n > 0 ? n : 0] = '\0';
	const char *line = strstr(text, "VmHWM:");
	return line != NULL ? strtoull(line + 6, NULL, 10) : 0;
}

static void run_one(const struct damage_class *class, const struct places *places, uint64_t seed)
{
	const size_t core_size = core_file.size, exe_size = exe_file.size;
	struct itimerval limit = {.it_value.tv_sec = MAX_CPU};
	struct damage damage;
	gopm_status status;

	damage_apply(class, places, seed, &damage);
	choose_scope(class, &damage, seed);
	if (explain) {
		for (size_t i = 0; i < damage.count; i++) {
			(void)fprintf(stderr, "%s: %s, %s\n", class->name, damage.parts[i].field,
			              damage.parts[i].value);
		}
		print_changes();
	}
	(void)setitimer(ITIMER_PROF, &limit, NULL);
	(void)alarm(MAX_CPU * 20);
	const uint64_t memory = most_memory(true), start = cpu_time();
	gopm_core *core = open_core(&status);
	if (core != NULL) {
		compare_with_clean(core, &damage, seed);
		*read_step = STEP_CLOSE;
		gopm_core_close(core);
	} else {
		shared->refused++;
	}
	/* The kernel's counters are a little inexact. */
	const uint64_t after = most_memory(false), used = after > memory ? after - memory : 0,
	               time = cpu_time() - start;
	if (used > shared->most_memory) {
		shared->most_memory = used;
		shared->most_memory_seed = seed;
	}
	if (time > shared->most_time) {
		shared->most_time = time;
		shared->most_time_seed = seed;
	}
	if (used > MAX_MEMORY_KIB) {
		add_failure(seed, "memory");
	}
	shared->executions++;
	undo_changes();
	core_file.size = core_size;
	exe_file.size = exe_size;
}

static void run_all(const struct damage_class *class, const struct places *places, uint64_t first, uint64_t count)
{
	shared->next = first;
	while (shared->next < first + count) {
		int status;
		char what[40];
		pid_t worker = fork();
		require(worker >= 0, "fork");
		if (worker == 0) {
			for (int i = 0; i < EXECUTIONS_OF_A_WORKER && shared->next < first + count; i++) {
				run_one(class, places, shared->next);
				shared->next++;
			}
			exit(0);
		}
		(void)waitpid(worker, &status, 0);
		if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
			continue;
		}
		if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGPROF || WTERMSIG(status) == SIGALRM)) {
			(void)snprintf(what, sizeof what, "hang");
		} else {
			(void)snprintf(what, sizeof what, "crash (%s %d)", WIFSIGNALED(status) ? "signal" : "exit",
			               WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
		}
		add_failure(shared->next, what);
		shared->executions++;
		shared->next++;
	}
}

/* Reads the undamaged core twice: the answers must be the same. */
static void read_clean(void)
{
	gopm_status status;
	struct questions *q = &target.questions;

	q->in_scope = UINT64_MAX;
	q->globals = true;
	q->native = true;
	gopm_core *core = open_core(&status);
	require(core != NULL && read_all(core, &clean) == GOPM_OK, "reading the undamaged core");
	each_finding(core, remember_finding, NULL);
	gopm_core_close(core);
	answers_sort(&clean);
	core = open_core(&status);
	require(core != NULL && read_all(core, &damaged) == GOPM_OK, "reading the undamaged core again");
	gopm_core_close(core);
	answers_sort(&damaged);
	require(answers_compare(&clean, &damaged, UINT64_MAX).changed == 0, "the answers differ in the second run");
}

static void read_touched(void)
{
	gopm_status status;
	struct answers answers = {0};
	gopm_core *core = open_core(&status);

	require(core != NULL, "opening the undamaged core");
	static uint64_t descriptors[MAX_DESCRIPTORS];
	questions_choose(&target.questions, core);
	target.questions.descriptor_count = find_descriptors(core, &target.questions, descriptors);
	target.questions.descriptors = descriptors;
	target.questions.in_scope = UINT64_MAX;
	target.questions.globals = true;
	target.questions.native = true;
	require(read_answers(core, &target.questions, &answers) == GOPM_OK, "reading the undamaged core");
	gopm_core_close(core);
	answers_clear(&answers);
	free(answers.list);
	free(answers.text);
}

/* Collects the places while the undamaged core is open. */
static void prepare(const struct damage_class *class, struct places *places)
{
	gopm_status status;

	target.page_count = pages_record(read_touched, &target.pages);
	target.core = open_core(&status);
	require(target.core != NULL, "opening the undamaged core");
	target.info.struct_size = sizeof target.info;
	(void)gopm_core_get_info(target.core, &target.info);
	exe_bias = target.info.exe_bias;
	damage_collect(class, places, &target);
	gopm_core_close(target.core);
	read_clean();
}

static void print_json_text(const char *text)
{
	(void)putchar('"');
	for (; *text != '\0'; text++) {
		(void)printf(*text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
	}
	(void)putchar('"');
}

static void print_result(const struct damage_class *class, size_t places)
{
	(void)printf("{\"class\":\"%s\",\"places\":%zu,\"executions\":%" PRIu64 ",\"refused\":%" PRIu64
	             ",\"changed\":%" PRIu64 ",\"silent\":%" PRIu64 ",\"memory\":[%" PRIu64 ",%" PRIu64
	             "],\"time\":[%" PRIu64 ",%" PRIu64 "],\"failures\":[",
	             class->name, places, shared->executions, shared->refused, shared->changed, shared->silent,
	             shared->most_memory, shared->most_memory_seed, shared->most_time, shared->most_time_seed);
	for (size_t i = 0; i < shared->failure_count; i++) {
		const struct failure *f = &shared->failures[i];
		(void)printf("%s{\"seed\":%" PRIu64 ",\"step\":\"%s\",\"what\":\"%s\"}", i != 0 ? "," : "", f->seed,
		             read_step_name(f->step), f->what);
	}
	(void)printf("],\"changes\":[");
	for (size_t i = 0; i < shared->kind_count; i++) {
		const struct change_kind *kind = &shared->kinds[i];
		(void)printf("%s{\"parts\":[", i != 0 ? "," : "");
		for (size_t k = 0; k < kind->damage.count; k++) {
			(void)printf(k != 0 ? ",[" : "[");
			print_json_text(kind->damage.parts[k].field);
			(void)printf(",\"%s\"]", kind->damage.parts[k].value);
		}
		(void)printf("],\"count\":%" PRIu64 ",\"seed\":%" PRIu64 ",\"answers\":[", kind->count, kind->seed);
		const char *comma = "";
		for (unsigned k = 0; k < ANSWER_KINDS; k++) {
			if ((kind->silent >> k & 1) != 0) {
				(void)printf("%s\"%s\"", comma, answer_kind_name(k));
				comma = ",";
			}
		}
		(void)printf("]}");
	}
	(void)printf("]}\n");
}

static int print_classes(void)
{
	for (size_t i = 0; i < damage_class_count; i++) {
		(void)puts(damage_classes[i].name);
	}
	return 0;
}

int main(int argc, char **argv)
{
	const struct damage_class *class = NULL;
	struct places places = {0};

	if (argc == 2 && strcmp(argv[1], "classes") == 0) {
		return print_classes();
	}
	require(argc == 6 || (argc == 7 && strcmp(argv[6], "explain") == 0),
	        "arguments: CORE EXE|- CLASS FIRST COUNT [explain]");
	explain = argc == 7;
	for (size_t i = 0; i < damage_class_count; i++) {
		if (strcmp(damage_classes[i].name, argv[3]) == 0) {
			class = &damage_classes[i];
		}
	}
	require(class != NULL, "unknown class");
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	require(shared != MAP_FAILED, "memory");
	read_step = &shared->step;
	file_load(&core_file, argv[1]);
	if (strcmp(argv[2], "-") != 0) {
		file_load(&exe_file, argv[2]);
	}
	clean.keep_texts = damaged.keep_texts = explain;
	prepare(class, &places);
	if (places.count != 0 || class->form == DAMAGE_TRUNCATE) {
		(void)fflush(stdout);
		run_all(class, &places, strtoull(argv[4], NULL, 10), strtoull(argv[5], NULL, 10));
	}
	print_result(class, places.count);
	free(places.list);
	return 0;
}
