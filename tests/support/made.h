/* SPDX-License-Identifier: Apache-2.0 */
/* A synthetic process without symbols. Its runtime structures are as small as the tests need: goroutines, and on demand
 * runtime.sched, runtime.semtable and runtime.mheap_. */
#ifndef GOPM_TESTS_MADE_H
#define GOPM_TESTS_MADE_H

#include "runtime/g.h"
#include "runtime/sched.h"
#include "runtime/semaphore.h"
#include "runtime/spans.h"

#define BASE UINT64_C(0x10000000)
#define SIZE 0x100000u

/* Addresses in the program's data. */
#define BSS BASE
#define SCHED (BASE + 0x2000)
#define ALLSPANS (BASE + 0x4000)
#define SEMTABLE (BASE + 0x8000)
#define BSS_END (BASE + 0xc000)
/* Variables of profiles. */
#define MBUCKETS (BSS + 0x100)
#define BBUCKETS (BSS + 0x108)
#define XBUCKETS (BSS + 0x110)
#define CYCLE (BSS + 0x200)
#define RATE (BSS + 0x208)
/* Addresses elsewhere. */
#define ALLGS (BASE + 0x20000)
#define ALLP (BASE + 0x21000)
#define GS (BASE + 0x22000)
#define PS (BASE + 0x30000)
#define MS (BASE + 0x34000)
#define SUDOGS (BASE + 0x38000)
#define SPANS (BASE + 0x40000)
#define L2_ENTRY (BASE + 0x50000)
#define ARENA (BASE + 0x60000)
#define ARRAY (BASE + 0x80000)
#define BUCKETS (BASE + 0xa0000)

#define HEAP UINT64_C(0xc000000000) /* its contents are not in the core */
#define SEMAPHORE UINT64_C(0xc000100010)
#define STRIDE 64u
#define ROOTS 251u

enum { G_COUNT = 8, P_COUNT = 4, M_COUNT = 5, SPAN_COUNT = 6 };
enum { G_SIZE = 256, P_SIZE = 64, M_SIZE = 64, SUDOG_SIZE = 64, SPAN_SIZE = 64 };
enum { MADE_DEPTH = 3, BUCKET_ROOM = 512 };

/* Semaphores: another one with the same root, and one of the next root. */
#define SAME_ROOT (SEMAPHORE - 8 * ROOTS)
#define NEXT_ROOT (SEMAPHORE + 12)

struct made {
	uint8_t bytes[SIZE];
	struct gopm__source source;
	struct gopm__corefile core;
	struct gopm__findings findings;
	struct gopm__symtab symtab;
	struct gopm__m ms[M_COUNT];
	struct gopm__runtime rt;
};

/* Goroutines that wait on semaphores; the semaphores are added later. */
struct made *made_new(void);
void made_free(struct made *p);

/* Addresses of the structures. */
uint64_t made_g(unsigned i);
uint64_t made_sudog_at(unsigned i);
uint64_t made_root_at(uint64_t semaphore);
uint64_t made_span_at(unsigned i);
uint64_t made_span_base(unsigned i);
uint64_t made_p(unsigned i);
uint64_t made_m(unsigned i);

/* Writes a number of `size` bytes. */
void made_put(struct made *p, uint64_t address, uint64_t value, unsigned size);
void made_put64(struct made *p, uint64_t address, uint64_t value);

/* Adds three semaphores: one with two waiters; its left child in the same root, with one; and one in the next root. */
void made_waiters(struct made *p);
void made_sudog(struct made *p, unsigned i, unsigned g, uint64_t semaphore, uint64_t parent);
void made_link(struct made *p, unsigned i, int32_t field, uint64_t to);
void made_root(struct made *p, uint64_t semaphore, uint64_t top, uint32_t nwait);

/* Adds consecutive spans of one, two, three ... pages; the third is dead, the fourth has stacks. */
void made_span(struct made *p, unsigned i, unsigned state);
void made_heap(struct made *p);

/* Two of four Ps and two of five ms are idle; `midle` and `nmidle` are the offsets of this Go version. */
void made_sched(struct made *p, unsigned midle, unsigned nmidle);

/* A bucket of a profile with a stack of MADE_DEPTH pcs, and the right hash. Its record follows the stack. */
uint64_t made_bucket_at(unsigned i);
void made_bucket(struct made *p, unsigned i, uint64_t next, uint64_t type, uint64_t size, const uint64_t *stack);

#endif
