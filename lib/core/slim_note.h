/* SPDX-License-Identifier: Apache-2.0 */
/* The note that marks a small core. It has the library version, the profile, the size of the original core, and
 * findings that only the original core could give. The owner is "gopm"; the text has lines of a word and a value. No
 * other owner uses the type, because some readers compare only the type. */
#ifndef GOPM_CORE_SLIM_NOTE_H
#define GOPM_CORE_SLIM_NOTE_H

#include "core/corefile.h"
#include "util/text.h"

#define GOPM__SLIM_NOTE_OWNER "gopm"
#define GOPM__SLIM_NOTE_TYPE 0x676f706d

/* Appends the text of the note. `profile` is GOPM_SLIM_*. The note carries the findings about the original file and
 * those of kind GOPM_FINDING_SLIM; *carried is set to their number. */
void gopm__slim_note_make(struct gopm__text *text, uint32_t profile, uint64_t original_size,
                          const struct gopm__findings *findings, uint64_t *carried);

/* Reads the text of a note: sets core->slim and the fields after it, and adds the findings. Ignores unknown lines. */
void gopm__slim_note_read(struct gopm__corefile *core, const char *text, size_t size);

#endif
