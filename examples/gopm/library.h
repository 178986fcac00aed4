/* SPDX-License-Identifier: Apache-2.0 */
/* Objects of Go's library that commands know by type, and the facts that they read of them. A kind of object is data:
 * its type, and expressions of Go, which gopm_eval() evaluates. `$` in an expression is a pointer to the object. */
#ifndef GOPM_COMMAND_LIBRARY_H
#define GOPM_COMMAND_LIBRARY_H

#include "command.h"

enum { LIBRARY_CHOICES = 3 };

/* Expressions for different versions of Go, the newest first. The first one that can be evaluated counts. */
typedef const char *const library_choices[LIBRARY_CHOICES];

enum fact_format {
	FACT_STRING,
	FACT_BOOL,
	FACT_NUMBER,
	FACT_POSITIVE, /* 0: none */
	FACT_DURATION, /* nanoseconds */
	FACT_STATE,    /* net/http.ConnState in the low byte */
	FACT_URL,      /* a net/url.URL */
	FACT_TYPE,     /* the dynamic type of an interface */
};

/* One fact of an object. A table of facts ends with a row without a name. */
struct fact {
	const char *name;  /* the member of the JSON */
	const char *title; /* of the column; NULL: only in JSON */
	unsigned width;    /* of the column; 0: the last one */
	enum fact_format format;
	library_choices expressions;
};

/* A variable of a frame. */
struct library_variable {
	const char *function;
	library_choices names; /* with DWARF, and without it; a pointer */
};

enum { LIBRARY_VARIABLES = 3 };

/* The goroutine that works for an object. */
struct library_goroutine {
	const char *start, *user; /* globs for the functions of the goroutine; NULL: any */
	const char *title;        /* of the column; NULL: no goroutine is known */
	uint32_t outer;           /* the frames are among so many at the outer end; 0: anywhere */
	struct library_variable
	    variables[LIBRARY_VARIABLES]; /* pointers to the object: the first that is sure counts */
	const char *holder;               /* they point to a struct of this type, whose `field` points to the object */
	const char *field;                /* NULL: there is no holder */
};

struct library_kind {
	const char *what; /* "server request" */
	const char *type;
	bool has_age;
	library_choices condition; /* the object counts only if it is true; empty: all do */
	library_choices alone;     /* likewise if no goroutine works for it */
	library_choices since;     /* seconds since 1970, from bit 8 on; empty: unknown */
	struct library_goroutine goroutine;
	const struct fact *facts;
	const char *advice; /* what a programmer can do about such objects; NULL: nothing */
};

struct library_object {
	const struct library_kind *kind;
	uint64_t address, goroutine; /* goroutine 0: none is known */
	int64_t wait;                /* nanoseconds that this goroutine waits; 0: unknown */
	int64_t since;               /* seconds since 1970; 0: unknown */
	bool in_heap;
	bool needs_heap; /* the goroutine alone does not prove that there is an object */
	bool is_stale;   /* the variable of the goroutine may be outdated */
	bool is_guess;   /* only the shape of the object suggests its type */
};

struct library_objects {
	struct library_object *list; /* by kind, the oldest first */
	size_t count, capacity;
	uint64_t left_out;  /* objects whose condition cannot be evaluated */
	char why[256];      /* the first of these failures */
	int64_t unix_now;   /* the time of the core in nanoseconds since 1970, an estimate; 0: unknown */
	bool without_heap;  /* the core lacks the heap: only what goroutines work for was found */
	gopm_status status; /* the failure that ended the search */
};

/* Finds the objects of `count` kinds. `heap` NULL: opens it. Returns false after a failure that the message named. */
bool library_find(struct session *session, gopm_heap *heap, const struct library_kind *kinds, size_t count,
                  struct library_objects *found);

/* Warns about what was not found or not read. */
void library_warn(const struct library_objects *found);

void library_free(struct library_objects *found);

/* Evaluates the first of `choices` that this version of Go has. Returns NULL if there is none, with the reason in
 * `why`. The caller frees the value. */
gopm_value *library_value(gopm_core *core, const struct library_object *object, const char *const *choices,
                          gopm_value_info *info, char *why, size_t size);

/* The age of an object in nanoseconds; -1: unknown. `is_minimum`: only how long its goroutine waits is known. */
int64_t library_age(const struct library_objects *found, const struct library_object *object, bool *is_minimum);

/* Prints a fact, as text on one line or as JSON. */
void fact_print(const struct fact *fact, const gopm_value *value, const gopm_value_info *info, bool json);

#endif
