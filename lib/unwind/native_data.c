/* SPDX-License-Identifier: Apache-2.0 */
#include "unwind/native_data.h"

/* The variables of a module. The caller holds the lock. NULL: out of memory. */
static const struct gopm__data_symbols *data_of(struct gopm__native *native, const struct gopm__mapped_module *module)
{
	struct gopm__native_module *read = &native->read[module - native->modules.list];

	if (!read->data_read) {
		read->data_read = gopm__data_symbols_open(&read->data, module->exe) == GOPM_OK;
	}
	return read->data_read ? &read->data : NULL;
}

static struct gopm__mapped_module *module_of(struct gopm__mapped_modules *modules, const struct gopm__executable *exe)
{
	size_t count;
	const struct gopm__load *loads = gopm__executable_loads(exe, &count);

	return count != 0 ? gopm__mapped_module_at(modules, loads[0].address) : NULL;
}

static struct gopm__mapped_module *program_of(struct gopm__mapped_modules *modules)
{
	for (size_t i = 0; i < modules->count; i++) {
		if (modules->list[i].is_program) {
			gopm__mapped_module_find(modules, &modules->list[i]);
			return modules->list[i].exe != NULL ? &modules->list[i] : NULL;
		}
	}
	return NULL;
}

gopm_status gopm__native_variable(struct gopm__native *native, const struct gopm__executable *exe, gopm_str name,
                                  struct gopm__native_variable *out)
{
	struct gopm__mapped_modules *modules = gopm__native_modules(native);

	*out = (struct gopm__native_variable){0, 0};
	if (modules == NULL) {
		return GOPM_ERR_NO_MEMORY;
	}
	const struct gopm__mapped_module *module = module_of(modules, exe), *program = program_of(modules);
	if (module == NULL || module->exe != exe) {
		return GOPM_OK;
	}
	(void)pthread_mutex_lock(&native->lock);
	const struct gopm__data_symbols *own = data_of(native, module);
	const struct gopm__data_symbol *found = own != NULL ? gopm__data_symbols_find(own, name) : NULL;
	gopm_status status = own != NULL ? GOPM_OK : GOPM_ERR_NO_MEMORY;
	out->own = found != NULL ? found->address : 0;
	if (found != NULL && program != NULL && program != module && !own->symbolic) {
		const struct gopm__data_symbols *first = data_of(native, program);
		const struct gopm__data_symbol *copy = first != NULL ? gopm__data_symbols_find(first, name) : NULL;
		status = first != NULL ? GOPM_OK : GOPM_ERR_NO_MEMORY;
		out->replaced = copy != NULL ? copy->address : 0;
	}
	(void)pthread_mutex_unlock(&native->lock);
	return status;
}
