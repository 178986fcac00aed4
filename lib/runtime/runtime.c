/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/runtime.h"
#include "type/descriptor_check.h"
#include "util/allocate.h"

void gopm__runtime_once(struct gopm__runtime *rt, atomic_bool *tried, void (*find)(struct gopm__runtime *rt))
{
	if (atomic_load_explicit(tried, memory_order_acquire)) {
		return;
	}
	(void)pthread_mutex_lock(&rt->lock);
	if (!atomic_load_explicit(tried, memory_order_relaxed)) {
		const uint64_t failures = gopm__failed_allocations();
		find(rt);
		atomic_store_explicit(tried, gopm__is_cacheable(failures), memory_order_release);
	}
	(void)pthread_mutex_unlock(&rt->lock);
}

uint64_t gopm__runtime_g_at(const struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t index)
{
	uint64_t address;

	if (index >= rt->g_count || !gopm__read_u64(reader, rt->allgs + index * 8, &address)) {
		return 0;
	}
	return address;
}

bool gopm__runtime_bytes(struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t address, uint64_t size,
                         gopm_str *out)
{
	*out = (gopm_str){NULL, 0};
	if (size == 0) {
		return true;
	}
	const uint8_t *span = gopm__read_span(reader, address, size);
	if (span != NULL) {
		*out = (gopm_str){(const char *)span, (size_t)size};
		return true;
	}
	uint8_t probe;
	if (gopm__read_copy(reader, address, &probe, 1) != 1) {
		return false;
	}
	(void)pthread_mutex_lock(&rt->lock);
	char *copy = gopm__arena_alloc(&rt->arena, (size_t)size + 1);
	(void)pthread_mutex_unlock(&rt->lock);
	if (copy == NULL || gopm__read_copy(reader, address, copy, (size_t)size) != size) {
		return false;
	}
	*out = (gopm_str){copy, (size_t)size};
	return true;
}

bool gopm__runtime_string(struct gopm__runtime *rt, struct gopm__reader *reader, uint64_t header, uint64_t limit,
                          gopm_str *out)
{
	uint64_t address, size;

	*out = (gopm_str){NULL, 0};
	return gopm__read_u64(reader, header, &address) && gopm__read_u64(reader, header + 8, &size) && size <= limit &&
	       gopm__runtime_bytes(rt, reader, address, size, out);
}

gopm_str gopm__runtime_type_name(struct gopm__runtime *rt, uint64_t type)
{
	struct gopm__reader reader = gopm__reader(&rt->core->memory);
	gopm_str name = {NULL, 0};

	for (size_t i = 0; i < rt->symtab->module_count; i++) {
		const struct gopm__type_section *types = &rt->symtab->modules[i].types;
		if (type >= types->begin && type < types->end) {
			/* Most goroutines wait for objects of few types. */
			if (atomic_exchange(&rt->checked_type, type) != type) {
				(void)gopm__descriptor_check(rt->symtab, &reader, type);
			}
			(void)gopm__typedesc_name(&reader, types, type, &name);
			return name;
		}
	}
	/* reflect makes types at run time, outside of all modules. */
	return name;
}
