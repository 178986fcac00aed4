/* SPDX-License-Identifier: Apache-2.0 */
#include "core/source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "core/source_private.h"

gopm_status gopm__source_map(struct gopm__source *source, int fd, uint64_t size, gopm_error **err)
{
	/* Private and read-only: no memory is committed for it. No madvise(): the kernel maps pages around each fault,
	 * so that reading a million stacks in 4 GB takes 13 000 faults and 0.04 s. MADV_RANDOM would turn that off. */
	void *mapping = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE | MAP_NORESERVE, fd, 0);
	if (mapping == MAP_FAILED) {
		return gopm__fail(err, errno == ENOMEM ? GOPM_ERR_NO_MEMORY : GOPM_ERR_IO, GOPM__AT_FILE(source->name),
		                  "cannot map %llu bytes: %s", (unsigned long long)size, strerror(errno));
	}
	source->mapping = mapping;
	source->mapping_size = size;
	source->base = mapping;
	source->size = size;
	return GOPM_OK;
}

gopm_status gopm__source_use_file(struct gopm__source *source, int fd, uint64_t size, gopm_error **err)
{
	return gopm__io_maps(source->io) ? gopm__source_map(source, fd, size, err)
	                                 : gopm__source_read(source, fd, size, err);
}

void gopm__source_close(struct gopm__source *source)
{
	gopm__source_lazy_close(source);
	if (source->mapping != NULL) {
		(void)munmap(source->mapping, (size_t)source->mapping_size);
	}
	free(source->name);
	*source = (struct gopm__source){.compression = ""};
}
