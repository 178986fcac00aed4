/* SPDX-License-Identifier: Apache-2.0 */
/* Output of gopm profile: a table of sites, or all samples as JSON. */
#ifndef GOPM_COMMAND_PROFILE_H
#define GOPM_COMMAND_PROFILE_H

#include "command.h"

struct profile_command {
	struct session session;
	gopm_profile_options options;
	const char *output; /* NULL: print */
	bool json, force;
	uint64_t limit; /* of sites or samples */
};

/* A kind of profile, and the names of its values in JSON. */
struct profile_kind {
	const char *name;
	const char *values[GOPM_PROFILE_VALUES]; /* as in pprof */
	unsigned main_value;                     /* by which sites are sorted */
};

extern const struct profile_kind profile_kinds[]; /* by GOPM_PROFILE_*; the last has no name */

/* Print a profile. Return GOPM_OK or the status of the call that failed. */
gopm_status profile_print_text(gopm_profile *profile, const gopm_profile_info *info, uint64_t limit);
gopm_status profile_print_json(gopm_profile *profile, const gopm_profile_info *info, uint64_t limit);

/* Prints how much is not published yet, in brackets; nothing if all is. */
void profile_print_pending(const gopm_profile_info *info, bool included);

#endif
