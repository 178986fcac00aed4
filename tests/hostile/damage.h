/* SPDX-License-Identifier: Apache-2.0 */
/* Classes of damage, and one damage by its seed. */
#ifndef GOPM_TESTS_HOSTILE_DAMAGE_H
#define GOPM_TESTS_HOSTILE_DAMAGE_H

#include "hostile/places.h"

enum damage_form {
	DAMAGE_FIELD,    /* a wrong value in one place */
	DAMAGE_BLOCK,    /* zeros, ones or other bytes of the file over several words */
	DAMAGE_TRUNCATE, /* the file ends early */
	DAMAGE_MIX       /* several damages of all classes */
};

struct damage_class {
	const char *name;
	enum damage_form form;
	bool globals;       /* it can change package variables and types */
	bool all_variables; /* it can change variables of all goroutines */
	bool native;        /* it changes tables of C: modules and stacks of threads are compared */
	void (*collect)(struct places *places, const struct target *target);
};

extern const struct damage_class damage_classes[];
extern const size_t damage_class_count;

#define MAX_PARTS 64

/* A damaged field. */
struct damage_part {
	const char *field;
	char value[16]; /* how the new value relates to the old one: "peer >" */
};

/* What was damaged: one field, each field of a block, or each of several damages. Fields past the limit are left out.
 */
struct damage {
	struct damage_part parts[MAX_PARTS];
	size_t count;
	uint32_t owner; /* of the only field; ALWAYS if there are several */
};

bool damage_is_same(const struct damage *a, const struct damage *b);

/* Damages the files. The same seed and files give the same damage. */
void damage_apply(const struct damage_class *class, const struct places *places, uint64_t seed, struct damage *damage);
/* Collects the places of a class; of all classes for DAMAGE_MIX. */
void damage_collect(const struct damage_class *class, struct places *places, const struct target *target);

#endif
