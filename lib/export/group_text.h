/* SPDX-License-Identifier: Apache-2.0 */
/* The text of a group of goroutines that wait for one object. */
#ifndef GOPM_EXPORT_GROUP_TEXT_H
#define GOPM_EXPORT_GROUP_TEXT_H

#include "query/group.h"

/* Sets the key of each group that has an object: kind, address and state of the object, and how many wait for it.
 * @return GOPM_OK or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__group_texts(struct gopm__groups *groups);

#endif
