/* SPDX-License-Identifier: Apache-2.0 */
/* The note by which a small core says what it is: of whom it was made, with which profile, and what could not be
 * kept. Its owner is "gopm", its text lines of a word and a value. Its type is one that no other owner uses: there are
 * readers that look at the type alone. */
#ifndef GOPM_CORE_SLIM_NOTE_H
#define GOPM_CORE_SLIM_NOTE_H

#include "core/corefile.h"
#include "util/text.h"

#define GOPM__SLIM_NOTE_OWNER "gopm"
#define GOPM__SLIM_NOTE_TYPE 0x676f706d

/* The note's text. `profile` is GOPM_SLIM_*. Findings about the old core's file, and those of kind SLIM, are in it;
 * *carried: how many. */
void gopm__slim_note_make(struct gopm__text *text, uint32_t profile, uint64_t original_size,
                          const struct gopm__findings *findings, uint64_t *carried);

/* Takes over what the note says: core->slim, and its findings. Lines it does not know are left alone. */
void gopm__slim_note_read(struct gopm__corefile *core, const char *text, size_t size);

#endif
