/* SPDX-License-Identifier: Apache-2.0 */
/* A type descriptor (abi.Type) of any kind, with all of its members. The memory may be damaged: gopm__descriptor_read()
 * checks the kind, a size that fits the kind, the name, and the counts. The addresses are not checked: they may point
 * anywhere.
 * Source: internal/abi/type.go, map.go (until Go 1.20 runtime/type.go), Go 1.16 to 1.27. */
#ifndef GOPM_TYPE_DESCRIPTOR_H
#define GOPM_TYPE_DESCRIPTOR_H

#include <gopm/value.h>

#include "symbol/symtab.h"

/* GOPM_KIND_* are the numbers of reflect.Kind; this is one more than the last. */
#define GOPM__KIND_COUNT (GOPM_KIND_UNSAFE_POINTER + 1)

#define GOPM__TYPE_MAX_METHODS 65535

struct gopm__descriptor {
	const struct gopm__module *module; /* that contains it */
	uint64_t address, size;
	uint32_t kind; /* GOPM_KIND_* */
	uint8_t align, field_align;
	bool named;
	bool direct;           /* an interface has the value itself as its data word, not its address */
	bool uncommon;         /* a defined type, or one with methods */
	gopm_str text;         /* as %T prints it, "http.Server" */
	uint64_t elem, key;    /* descriptors; 0: none */
	uint64_t group;        /* map: descriptor of its groups (Go 1.24 on) or buckets */
	uint64_t length;       /* array */
	uint64_t fields;       /* struct: address of the list */
	uint64_t field_count;  /* struct */
	uint64_t methods;      /* interface: address of the list */
	uint64_t method_count; /* interface */
	uint16_t in, out;      /* func: parameters and results */
	bool variadic;         /* func */
	uint8_t direction;     /* chan: reflect.ChanDir, 1 receive, 2 send, 3 both */
	uint64_t literal;      /* struct: address of the package name for its unexported fields; 0: none */
	uint64_t extra;        /* address of the uncommon type; 0: none, or not known */
	gopm_str package;      /* path of the package that defines it; empty: predeclared, or not defined */
	uint64_t own_methods;  /* address of the list of a type's own methods */
	uint16_t own_count, own_exported;
};

struct gopm__descriptor_method {
	gopm_str name;
	gopm_str package; /* of an unexported one, if it is not that of its type; else empty */
	bool exported;
	uint64_t type;  /* its func type, without the receiver; 0: the linker left it out */
	uint64_t entry; /* of the function for direct calls; 0: the linker left it out, or a method of an interface */
	uint64_t by_iface; /* of the function that interfaces call */
};

/* False: there is no descriptor at `address`, or a damaged one. */
bool gopm__descriptor_read(const struct gopm__symtab *symtab, struct gopm__reader *reader, uint64_t address,
                           struct gopm__descriptor *out);

/* Bytes of the descriptor with its lists: abi.Type.DescriptorSize of Go 1.27. 0: not known. */
uint64_t gopm__descriptor_bytes(struct gopm__reader *reader, const struct gopm__descriptor *info);

/* Field `index` of a struct; false: past the end, or damaged. */
bool gopm__descriptor_field(struct gopm__reader *reader, const struct gopm__descriptor *info, uint64_t index,
                            struct gopm__typedesc_field *out);

/* The tag of a field; empty: none. */
gopm_str gopm__descriptor_tag(struct gopm__reader *reader, const struct gopm__descriptor *info, uint64_t index);

/* Parameter `index` of a func, results after parameters: its descriptor; 0: past the end, or damaged. */
uint64_t gopm__descriptor_parameter(struct gopm__reader *reader, const struct gopm__descriptor *info, unsigned index);

/* Number of methods: those that an interface requires, or those that another type has. */
uint64_t gopm__descriptor_method_count(const struct gopm__descriptor *info);
bool gopm__descriptor_method(struct gopm__reader *reader, const struct gopm__descriptor *info, uint64_t index,
                             struct gopm__descriptor_method *out);

#endif
