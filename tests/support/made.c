/* SPDX-License-Identifier: Apache-2.0 */
#include "support/made.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arch.h"

void made_put(struct made *p, uint64_t address, uint64_t value, unsigned size)
{
	for (unsigned i = 0; i < size; i++) {
		p->bytes[address - BASE + i] = (uint8_t)(value >> i * 8);
	}
}

void made_put64(struct made *p, uint64_t address, uint64_t value)
{
	made_put(p, address, value, 8);
}

uint64_t made_g(unsigned i)
{
	return GS + i * G_SIZE;
}

uint64_t made_sudog_at(unsigned i)
{
	return SUDOGS + i * SUDOG_SIZE;
}

uint64_t made_root_at(uint64_t semaphore)
{
	return SEMTABLE + (semaphore >> 3) % ROOTS * STRIDE;
}

static void set_layout(struct gopm__layout *l)
{
	int32_t at = 0;

	memset(l, 0xff, sizeof *l);
	memset(l->size, 0, sizeof l->size);
	int32_t *const of_g[] = {&l->g.goid, &l->g.atomicstatus, &l->g.waitreason, &l->g.stack_lo,  &l->g.stack_hi,
	                         &l->g.m,    &l->g.sched_sp,     &l->g.sched_pc,   &l->g.syscallsp, &l->g.syscallpc,
	                         &l->g.gopc, &l->g.startpc};
	for (size_t i = 0; i < sizeof of_g / sizeof of_g[0]; i++, at += 8) {
		*of_g[i] = at;
	}
	l->size[GOPM__STRUCT_G] = G_SIZE;
	l->sudog.g = 0;
	l->sudog.next = 8;
	l->sudog.prev = 16;
	l->sudog.elem = 24;
	l->sudog.parent = 32;
	l->sudog.waitlink = 40;
	l->size[GOPM__STRUCT_SUDOG] = SUDOG_SIZE;
	l->p.id = 0;
	l->p.status = 4;
	l->p.link = 8;
	l->p.goidcacheend = 16;
	l->size[GOPM__STRUCT_P] = P_SIZE;
	l->m.idle_next = 0;
	l->size[GOPM__STRUCT_M] = M_SIZE;
	l->span.base = 0;
	l->span.npages = 8;
	l->span.nelems = 16;
	l->span.freeindex = 18;
	l->span.elemsize = 24;
	l->span.limit = 32;
	l->span.alloc_bits = 40;
	l->span.gcmark_bits = 48;
	l->span.alloc_count = 56;
	l->span.spanclass = 58;
	l->span.state = 59;
	l->size[GOPM__STRUCT_SPAN] = SPAN_SIZE;
}

struct made *made_new(void)
{
	struct made *p = calloc(1, sizeof *p);

	if (p == NULL) {
		abort();
	}
	p->source = (struct gopm__source){.base = p->bytes, .size = SIZE, .compression = ""};
	gopm__findings_init(&p->findings, 50);
	p->core = (struct gopm__corefile){
	    .arch = gopm__arch_by_machine(EM_X86_64), .findings = &p->findings, .memory_size = SIZE};
	if (gopm__memory_add(&p->core.memory, BASE, SIZE, &p->source, 0) != GOPM_OK) {
		abort();
	}
	p->symtab.module_count = 1;
	p->symtab.modules[0].bss = BSS;
	p->symtab.modules[0].ebss = BSS_END;
	p->rt = (struct gopm__runtime){.core = &p->core,
	                               .symtab = &p->symtab,
	                               .findings = &p->findings,
	                               .allgs = ALLGS,
	                               .g_count = G_COUNT,
	                               .allp = ALLP,
	                               .ms = p->ms,
	                               .m_count = M_COUNT,
	                               .wait_reason_count = 2};
	p->rt.wait_reasons[1] = (gopm_str){"semacquire", 10};
	p->rt.wait_kinds[1] = GOPM_WAIT_SEMAPHORE;
	p->rt.last_goid = G_COUNT;
	p->rt.latest = INT64_MAX;
	(void)pthread_mutex_init(&p->rt.lock, NULL);
	set_layout(&p->rt.layout);
	for (unsigned i = 0; i < G_COUNT; i++) {
		made_put64(p, ALLGS + i * 8, made_g(i));
		made_put64(p, made_g(i) + (uint64_t)p->rt.layout.g.goid, i + 1);
		made_put(p, made_g(i) + (uint64_t)p->rt.layout.g.atomicstatus, GOPM_G_WAITING, 4);
		made_put(p, made_g(i) + (uint64_t)p->rt.layout.g.waitreason, 1, 1);
	}
	return p;
}

void made_free(struct made *p)
{
	gopm__semaphores_free(p->rt.semaphores);
	gopm__arena_free(&p->rt.arena);
	(void)pthread_mutex_destroy(&p->rt.lock);
	gopm__memory_free(&p->core.memory);
	gopm__findings_clear(&p->findings);
	free(p);
}

void made_sudog(struct made *p, unsigned i, unsigned g, uint64_t semaphore, uint64_t parent)
{
	made_put64(p, made_sudog_at(i) + (uint64_t)p->rt.layout.sudog.g, made_g(g));
	made_put64(p, made_sudog_at(i) + (uint64_t)p->rt.layout.sudog.elem, semaphore);
	made_put64(p, made_sudog_at(i) + (uint64_t)p->rt.layout.sudog.parent, parent);
}

void made_link(struct made *p, unsigned i, int32_t field, uint64_t to)
{
	made_put64(p, made_sudog_at(i) + (uint64_t)field, to);
}

void made_root(struct made *p, uint64_t semaphore, uint64_t top, uint32_t nwait)
{
	made_put64(p, made_root_at(semaphore) + 8, top);
	made_put(p, made_root_at(semaphore) + 16, nwait, 4);
}

void made_waiters(struct made *p)
{
	const struct gopm__layout *l = &p->rt.layout;

	made_sudog(p, 0, 0, SEMAPHORE, 0);
	made_sudog(p, 1, 1, SEMAPHORE, 0);
	made_link(p, 0, l->sudog.waitlink, made_sudog_at(1));
	made_sudog(p, 2, 2, SAME_ROOT, made_sudog_at(0));
	made_link(p, 0, l->sudog.prev, made_sudog_at(2));
	made_root(p, SEMAPHORE, made_sudog_at(0), 3);
	made_sudog(p, 3, 3, NEXT_ROOT, 0);
	made_root(p, NEXT_ROOT, made_sudog_at(3), 1);
}

uint64_t made_span_at(unsigned i)
{
	return SPANS + i * SPAN_SIZE;
}

uint64_t made_span_base(unsigned i)
{
	return HEAP + (uint64_t)i * (i + 1) / 2 * GOPM__PAGE_BYTES;
}

static uint64_t l2(void)
{
	return L2_ENTRY - ((HEAP + UINT64_C(0x800000000000)) >> 26) * 8;
}

void made_span(struct made *p, unsigned i, unsigned state)
{
	const uint64_t at = made_span_at(i), bytes = (i + 1) * (uint64_t)GOPM__PAGE_BYTES;

	made_put64(p, ARRAY + i * 8, at);
	made_put64(p, at, made_span_base(i));
	made_put64(p, at + 8, i + 1);
	made_put(p, at + 16, bytes / 1024, 2);
	made_put64(p, at + 24, 1024);
	made_put64(p, at + 32, made_span_base(i) + bytes);
	made_put64(p, at + 40, BASE + 0x90000);
	made_put(p, at + 58, 30 << 1 | (i & 1), 1);
	made_put(p, at + 59, state, 1);
	for (unsigned page = 0; page <= i; page++) {
		const uint64_t address = made_span_base(i) + page * (uint64_t)GOPM__PAGE_BYTES;
		made_put64(p, ARENA + address / GOPM__PAGE_BYTES % 8192 * 8, at);
	}
}

void made_heap(struct made *p)
{
	for (unsigned i = 0; i < SPAN_COUNT; i++) {
		made_span(p, i, i == 2 ? GOPM__SPAN_DEAD : i == 3 ? GOPM__SPAN_MANUAL : GOPM__SPAN_IN_USE);
	}
	made_put64(p, L2_ENTRY, ARENA);
	made_put64(p, ALLSPANS, ARRAY);
	made_put64(p, ALLSPANS + 8, SPAN_COUNT);
	made_put64(p, ALLSPANS + 16, SPAN_COUNT);
	made_put64(p, ALLSPANS + 96, l2());
}

uint64_t made_p(unsigned i)
{
	return PS + i * P_SIZE;
}

uint64_t made_m(unsigned i)
{
	return MS + i * M_SIZE;
}

void made_sched(struct made *p, unsigned midle, unsigned nmidle)
{
	for (unsigned i = 0; i < P_COUNT; i++) {
		made_put64(p, ALLP + 24 + i * 8, made_p(i));
		made_put(p, made_p(i), i, 4);
		made_put(p, made_p(i) + 4, i < 2 ? 0 : 1, 4);
		made_put64(p, made_p(i) + 16, i == 0 ? 0 : 16 * i + 1);
	}
	made_put64(p, ALLP, ALLP + 24);
	made_put64(p, ALLP + 8, P_COUNT);
	made_put64(p, ALLP + 16, P_COUNT);
	made_put64(p, made_p(1) + 8, made_p(0));
	for (unsigned i = 0; i < M_COUNT; i++) {
		p->ms[i] = (struct gopm__m){.address = made_m(i), .id = i};
	}
	made_put64(p, made_m(3), made_m(2));
	made_put64(p, SCHED, 48);
	made_put64(p, SCHED + 8, 1000000000);
	made_put64(p, SCHED + midle, made_m(3));
	made_put(p, SCHED + nmidle, 2, 4);
	made_put(p, SCHED + nmidle + 4, 1, 4);
	made_put64(p, SCHED + nmidle + 8, M_COUNT + 1);
	made_put(p, SCHED + nmidle + 16, 10000, 4);
	made_put(p, SCHED + nmidle + 20, 1, 4);
	made_put64(p, SCHED + nmidle + 24, 1);
	made_put(p, SCHED + nmidle + 32, 7, 4);
	made_put64(p, SCHED + nmidle + 40, made_p(1));
	made_put(p, SCHED + nmidle + 48, 2, 4);
}

uint64_t made_bucket_at(unsigned i)
{
	return BUCKETS + (uint64_t)i * BUCKET_ROOM;
}

/* stkbucket's hash. */
static uint64_t hash_words(const uint64_t *words, size_t count)
{
	uint64_t h = 0;

	for (size_t i = 0; i < count; i++) {
		h += words[i];
		h += h << 10;
		h ^= h >> 6;
	}
	h += h << 3;
	return h ^ h >> 11;
}

void made_bucket(struct made *p, unsigned i, uint64_t next, uint64_t type, uint64_t size, const uint64_t *stack)
{
	const uint64_t at = made_bucket_at(i);
	uint64_t words[MADE_DEPTH + 1];

	memcpy(words, stack, MADE_DEPTH * sizeof *stack);
	words[MADE_DEPTH] = size;
	made_put64(p, at + 8, next);
	made_put64(p, at + 16, type);
	made_put64(p, at + 24, hash_words(words, MADE_DEPTH + 1));
	made_put64(p, at + 32, size);
	made_put64(p, at + 40, MADE_DEPTH);
	for (unsigned k = 0; k < MADE_DEPTH; k++) {
		made_put64(p, at + 48 + k * 8, stack[k]);
	}
}
