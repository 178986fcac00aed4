/* SPDX-License-Identifier: Apache-2.0 */
/* Which source the layout of the runtime's structures is taken from: the first that goroutines fit. */
#ifndef GOPM_RUNTIME_LAYOUT_CHOICE_H
#define GOPM_RUNTIME_LAYOUT_CHOICE_H

#include "runtime/layout/source.h"

/* Holds the layout in hand against what the core has. */
struct gopm__layout_trial {
	/* False: it does not fit, and `why` says what. `strict`: what cannot be confirmed does not fit either. */
	bool (*fits)(void *user_data, bool strict, char *why, size_t size);
	void *user_data;
};

/* The type descriptors cost nothing more than reading them; the others are opened only where these do not serve. What
 * is taken from another source, and why, becomes a finding; so does it where nothing fits and the descriptors are kept.
 * @param layout what the trial reads by
 * @return GOPM_OK; GOPM_ERR_NO_MEMORY; what the type descriptors fail with where there is no other source either. */
gopm_status gopm__layout_choose(struct gopm__layout *layout, const struct gopm__layout_program *request,
                                const struct gopm__layout_trial *trial, gopm_error **err);

#endif
