/* SPDX-License-Identifier: Apache-2.0 */
/* Choice of a layout: the first source whose offsets the core confirms. */
#ifndef GOPM_RUNTIME_LAYOUT_CHOICE_H
#define GOPM_RUNTIME_LAYOUT_CHOICE_H

#include "runtime/layout/source.h"

/* The check of a layout. The caller gives it, as it knows the core. */
struct gopm__layout_trial {
	/* True if the current layout fits the core. Else `why` says what does not. With `strict`, a layout that cannot
	 * be confirmed does not fit. */
	bool (*fits)(void *user_data, bool strict, char *why, size_t size);
	void *user_data;
};

/* Type descriptors come first, as they are cheap; other sources are opened only if descriptors do not fit. If a layout
 * comes from another source, a finding says which and why. If no source fits, the first that
 * could be read is kept, and a finding says so.
 * @param layout the layout that the trial reads by
 * @return GOPM_OK; GOPM_ERR_NO_MEMORY; if no source can be read, the first failure. */
gopm_status gopm__layout_choose(struct gopm__layout *layout, const struct gopm__layout_program *request,
                                const struct gopm__layout_trial *trial, gopm_error **err);

#endif
