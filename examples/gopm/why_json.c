/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "json.h"
#include "object_print.h"
#include "why.h"

#define LEAST_ONE(count) ((count) != 0 ? (count) : 1)

void *why_array(size_t count, size_t size)
{
	return calloc(LEAST_ONE(count), size);
}

static const char *name_of(const char *const *names, size_t count, uint32_t number)
{
	return number < count && names[number] != NULL ? names[number] : "unknown";
}

#define NAME_OF(names, number) name_of(names, sizeof(names) / sizeof(names)[0], number)

const char *why_verdict_name(uint32_t verdict)
{
	static const char *const names[] = {
	    [GOPM_VERDICT_HEALTHY] = "healthy", [GOPM_VERDICT_DEADLOCK] = "deadlock",
	    [GOPM_VERDICT_LEAK] = "leak",       [GOPM_VERDICT_STARVATION] = "starvation",
	    [GOPM_VERDICT_SLOW] = "slow",       [GOPM_VERDICT_CRASH] = "crash",
	};
	return NAME_OF(names, verdict);
}

const char *why_certainty_name(uint32_t certainty)
{
	static const char *const names[] = {[GOPM_CERTAINTY_POSSIBLE] = "possible",
	                                    [GOPM_CERTAINTY_LIKELY] = "likely",
	                                    [GOPM_CERTAINTY_CERTAIN] = "certain"};
	return NAME_OF(names, certainty);
}

const char *why_basis_name(uint32_t basis)
{
	static const char *const names[] = {[GOPM_BASIS_NONE] = "none",
	                                    [GOPM_BASIS_AXIOM] = "axiom",
	                                    [GOPM_BASIS_REACHABILITY] = "reachability",
	                                    [GOPM_BASIS_OWNERSHIP] = "ownership"};
	return NAME_OF(names, basis);
}

const char *why_pattern_name(uint32_t pattern)
{
	static const char *const names[] = {
	    [GOPM_PATTERN_OTHER] = "other",
	    [GOPM_PATTERN_SELF_LOCK] = "self-lock",
	    [GOPM_PATTERN_SELF_CHAN] = "self-channel",
	    [GOPM_PATTERN_LOCK_CYCLE] = "lock-cycle",
	    [GOPM_PATTERN_CHAN_CYCLE] = "channel-cycle",
	    [GOPM_PATTERN_MIXED_CYCLE] = "mixed-cycle",
	    [GOPM_PATTERN_NIL_CHAN] = "nil-channel",
	    [GOPM_PATTERN_NO_RECEIVER] = "no-receiver",
	    [GOPM_PATTERN_NO_SENDER] = "no-sender",
	    [GOPM_PATTERN_FORGOTTEN_UNLOCK] = "forgotten-unlock",
	    [GOPM_PATTERN_WAITGROUP] = "waitgroup-never-done",
	    [GOPM_PATTERN_LOST_SIGNAL] = "lost-signal",
	    [GOPM_PATTERN_CONTEXT] = "context-never-cancelled",
	    [GOPM_PATTERN_POOL] = "pool-exhausted",
	    [GOPM_PATTERN_SLOW_IO] = "slow-io",
	    [GOPM_PATTERN_SLOW_SYSCALL] = "slow-syscall",
	    [GOPM_PATTERN_SLOW_C] = "slow-c-call",
	    [GOPM_PATTERN_SLOW_SLEEP] = "slow-sleep",
	    [GOPM_PATTERN_SLOW_WAIT] = "slow-wait",
	    [GOPM_PATTERN_BUSY] = "busy",
	    [GOPM_PATTERN_CRASH] = "crash",
	    [GOPM_PATTERN_INIT] = "init",
	    [GOPM_PATTERN_PANIC] = "panic",
	    [GOPM_PATTERN_THROW] = "throw",
	    [GOPM_PATTERN_OUT_OF_MEMORY] = "out-of-memory",
	    [GOPM_PATTERN_STACK_OVERFLOW] = "stack-overflow",
	    [GOPM_PATTERN_STOP_WORLD] = "stop-the-world",
	    [GOPM_PATTERN_NO_YIELD] = "no-yield",
	    [GOPM_PATTERN_OVERLOAD] = "overload",
	    [GOPM_PATTERN_FINALIZER] = "finalizer-blocked",
	    [GOPM_PATTERN_CLEANUP] = "cleanup-blocked",
	    [GOPM_PATTERN_GROWTH] = "growing",
	    [GOPM_PATTERN_UNCLOSED_BODY] = "unclosed-body",
	};
	return NAME_OF(names, pattern);
}

const char *why_edge_name(uint32_t how)
{
	static const char *const names[] = {
	    [GOPM_EDGE_HOLDS] = "held",  [GOPM_EDGE_HOLDS_READ] = "reads",  [GOPM_EDGE_UNLOCKS] = "unlocks",
	    [GOPM_EDGE_SENDS] = "sends", [GOPM_EDGE_RECEIVES] = "receives", [GOPM_EDGE_CLOSES] = "closes",
	    [GOPM_EDGE_DONE] = "done",   [GOPM_EDGE_SIGNALS] = "signals",   [GOPM_EDGE_BEFORE] = "waits-before",
	};
	return NAME_OF(names, how);
}

/* By the bits of GOPM_EVIDENCE_*. */
static const char *const evidence_names[] = {"defer", "code", "helper", "queue", "library"};

#define EVIDENCE_COUNT (sizeof evidence_names / sizeof evidence_names[0])

void why_json_evidence(uint32_t evidence)
{
	bool any = false;

	output_char('[');
	for (unsigned i = 0; i < EVIDENCE_COUNT; i++) {
		if ((evidence >> i & 1) != 0) {
			output_string(any ? "," : "");
			json_cstring(evidence_names[i]);
			any = true;
		}
	}
	output_char(']');
}

void why_text_evidence(uint32_t evidence)
{
	bool any = false;

	for (unsigned i = 0; i < EVIDENCE_COUNT; i++) {
		if ((evidence >> i & 1) != 0) {
			output_string(any ? ", " : "");
			output_string(evidence_names[i]);
			any = true;
		}
	}
}

/* The ids of the goroutines to blame. */
static void print_blamed(gopm_why *why, size_t finding, uint64_t blamed)
{
	gopm_why_waiter *people = why_array(blamed, sizeof *people);
	size_t count = 0;

	output_char('[');
	if (people != NULL && gopm_why_blamed(why, finding, people, sizeof *people, blamed, &count) == GOPM_OK) {
		for (size_t i = 0; i < count; i++) {
			output_string(i != 0 ? "," : "");
			output_u64(people[i].id);
		}
	}
	output_char(']');
	free(people);
}

static void print_waiters(gopm_why *why, size_t finding, uint64_t waiters)
{
	gopm_why_waiter *people = why_array(waiters, sizeof *people);
	size_t count = 0;

	output_char('[');
	if (people != NULL && gopm_why_waiters(why, finding, people, sizeof *people, waiters, &count) == GOPM_OK) {
		for (size_t i = 0; i < count; i++) {
			output_string(i != 0 ? ",{" : "{");
			json_key("id");
			output_u64(people[i].id);
			json_next_key("certainty");
			json_cstring(why_certainty_name(people[i].certainty));
			output_char('}');
		}
	}
	output_char(']');
	free(people);
}

static void print_targets(gopm_why *why, size_t finding, size_t edge, uint64_t targets)
{
	uint64_t *ids = why_array(targets, sizeof *ids);
	size_t count = 0;

	output_char('[');
	if (ids != NULL && gopm_why_edge_targets(why, finding, edge, ids, targets, &count) == GOPM_OK) {
		for (size_t i = 0; i < count; i++) {
			output_string(i != 0 ? "," : "");
			output_u64(ids[i]);
		}
	}
	output_char(']');
	free(ids);
}

static void print_edges(gopm_why *why, size_t finding, uint64_t count)
{
	gopm_why_edge *edges = why_array(count, sizeof *edges);
	size_t got = 0;

	output_char('[');
	if (edges != NULL && gopm_why_edges(why, finding, edges, sizeof *edges, count, &got) == GOPM_OK) {
		for (size_t i = 0; i < got; i++) {
			output_string(i != 0 ? ",{" : "{");
			json_key("from");
			output_u64(edges[i].from);
			json_next_key("object");
			output_u64(edges[i].object);
			json_next_key("to");
			print_targets(why, finding, i, edges[i].targets);
			json_next_key("waiters");
			output_u64(edges[i].waiters);
			if (edges[i].targets != 0) {
				json_next_key("how");
				json_cstring(why_edge_name(edges[i].how));
				json_next_key("certainty");
				json_cstring(why_certainty_name(edges[i].certainty));
				json_next_key("evidence");
				why_json_evidence(edges[i].evidence);
			}
			output_char('}');
		}
	}
	output_char(']');
	free(edges);
}

static void print_objects(gopm_why *why, size_t finding, uint64_t count)
{
	gopm_object *objects = why_array(count, sizeof *objects);
	size_t got = 0;

	output_char('[');
	if (objects != NULL && gopm_why_objects(why, finding, objects, sizeof *objects, count, &got) == GOPM_OK) {
		for (size_t i = 0; i < got; i++) {
			output_string(i != 0 ? ",{" : "{");
			object_json(&objects[i]);
			output_char('}');
		}
	}
	output_char(']');
	free(objects);
}

static void print_finding(gopm_why *why, size_t index, const gopm_why_finding *finding)
{
	output_char('{');
	json_key("verdict");
	json_cstring(why_verdict_name(finding->verdict));
	json_next_key("certainty");
	json_cstring(why_certainty_name(finding->certainty));
	json_next_key("basis");
	json_cstring(why_basis_name(finding->basis));
	json_next_key("pattern");
	json_cstring(why_pattern_name(finding->pattern));
	json_next_key("text");
	json_string(finding->text);
	json_next_key("structures");
	output_u64(finding->structures);
	json_next_key("longestWait");
	output_i64(finding->longest_wait);
	json_next_key("blamed");
	print_blamed(why, index, finding->blamed);
	json_next_key("waiters");
	print_waiters(why, index, finding->waiters);
	json_next_key("objects");
	print_objects(why, index, finding->objects);
	json_next_key("edges");
	print_edges(why, index, finding->edges);
	output_char('}');
}

void why_print_json(gopm_why *why, size_t limit)
{
	gopm_why_info info = {.struct_size = sizeof info};
	size_t count = 0;

	(void)gopm_why_get_info(why, &info);
	gopm_why_finding *findings = why_array((size_t)info.findings, sizeof *findings);
	output_text("{\"result\":{");
	json_key("verdict");
	json_cstring(why_verdict_name(info.verdict));
	json_next_key("goroutines");
	output_u64(info.goroutines);
	json_next_key("waiting");
	output_u64(info.waiting);
	json_next_key("leaked");
	output_u64(info.leaked);
	json_next_key("suspects");
	output_u64(info.suspects);
	json_next_key("reachability");
	json_bool((info.flags & GOPM_WHY_REACHABILITY) != 0);
	json_next_key("partial");
	json_bool((info.flags & GOPM_WHY_PARTIAL) != 0);
	json_next_key("findings");
	output_char('[');
	if (findings != NULL &&
	    gopm_why_findings(why, findings, sizeof *findings, (size_t)info.findings, &count) == GOPM_OK) {
		for (size_t i = 0; i < count && i < limit; i++) {
			output_string(i != 0 ? ",\n" : "\n");
			print_finding(why, i, &findings[i]);
		}
	}
	output_text("]}}\n");
	free(findings);
}
