/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of the library, as text, and how they differ from those about the undamaged files. */
#ifndef GOPM_TESTS_HOSTILE_ANSWERS_H
#define GOPM_TESTS_HOSTILE_ANSWERS_H

#include <gopm/gopm.h>
#include <stdbool.h>

/* Kinds of answers; answer_kind_name() has their names. */
enum answer_kind {
	ANSWER_INFO,        /* gopm_core_get_info() */
	ANSWER_MAPPINGS,    /* mappings */
	ANSWER_THREADS,     /* threads and their registers */
	ANSWER_LIST,        /* the goroutines in the list, and their order */
	ANSWER_ID,          /* goid */
	ANSWER_STATUS,      /* status and flags */
	ANSWER_REASON,      /* wait reason */
	ANSWER_TIME,        /* time waited */
	ANSWER_PARENT,      /* goid of the creator */
	ANSWER_THREAD,      /* m and thread of a goroutine */
	ANSWER_REGISTERS,   /* pc, sp, bounds of the stack */
	ANSWER_CURRENT,     /* innermost location */
	ANSWER_USER,        /* user location */
	ANSWER_GO,          /* location of the go statement */
	ANSWER_START,       /* start location */
	ANSWER_WAIT,        /* objects that a goroutine waits on */
	ANSWER_LABELS,      /* pprof labels */
	ANSWER_GROUPS,      /* groups */
	ANSWER_HEADER,      /* header of a traceback */
	ANSWER_TRACE,       /* frames of a traceback */
	ANSWER_ARGUMENTS,   /* argument words of a traceback */
	ANSWER_STACK,       /* frames of gopm_stack_open() */
	ANSWER_VARIABLES,   /* variables of frames */
	ANSWER_GLOBALS,     /* package variables */
	ANSWER_TYPES,       /* types by name */
	ANSWER_EXPRESSIONS, /* gopm_eval() */
	ANSWER_SYMBOLS,     /* gopm_symbolize() */
	ANSWER_PROFILES,    /* the runtime's profiles */
	ANSWER_HEAP,        /* sizes of the heap, and number of its objects */
	ANSWER_LIVE,        /* how many are live */
	ANSWER_HEAP_TYPES,  /* types of objects */
	ANSWER_MODULES,     /* modules */
	ANSWER_CALLS,       /* frames of threads, by gopm_stack_open() */
	ANSWER_STUCK,       /* a goroutine is stuck for certain; only the driver uses it */
	ANSWER_KINDS
};

/* Scopes that are not of a goroutine. */
#define GLOBALS 63
#define NATIVE 62
#define NO_SUBJECT UINT64_MAX
#define ALWAYS UINT32_MAX

struct answer {
	enum answer_kind kind;
	uint32_t scope;   /* ALWAYS, or the number of the goroutine whose variables it describes */
	uint64_t subject; /* what the answer is about: an address, or NO_SUBJECT */
	uint64_t order;   /* keeps equal subjects in the order of their answers */
	uint64_t hash;
	uint64_t mark; /* 0: nothing says that the answer is damaged or uncertain; else a hash of what says so */
	char *text;    /* NULL unless the texts are kept */
};

struct answers {
	struct answer *list;
	size_t count, capacity;
	char *text; /* of the answer that is being written */
	size_t size, room;
	bool keep_texts;
	gopm_status failure; /* of a call for the answer that is being written; GOPM_OK: none failed */
};

void answers_clear(struct answers *answers);
/* Appends to the text of the next answer. */
void say(struct answers *answers, const char *format, ...) __attribute__((format(printf, 2, 3)));
void say_str(struct answers *answers, gopm_str s);
/* Remembers a failed call: it marks the next answer. Returns true if `status` is GOPM_OK. */
bool succeeded(struct answers *answers, gopm_status status);
/* Ends the text, and adds the answer. */
void answer(struct answers *answers, enum answer_kind kind, uint64_t subject, uint32_t scope, uint64_t mark);
/* Sorts by kind and subject; the comparison needs it. */
void answers_sort(struct answers *answers);

struct difference {
	uint64_t changed, silent; /* a bit for each kind */
	uint64_t answers;         /* number of answers that changed */
};

/* Compares sorted answers with those about the undamaged files. `in_scope` has a bit for each goroutine whose variables
 * were read. A changed answer is silent unless it has a mark that the undamaged one lacks. */
struct difference answers_compare(const struct answers *clean, const struct answers *damaged, uint64_t in_scope);

uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size);
uint64_t hash_str(gopm_str s);
const char *answer_kind_name(unsigned kind);

#endif
