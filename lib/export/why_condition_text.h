/* SPDX-License-Identifier: Apache-2.0 */
/* Findings that are in no wait graph, in words: crashes, and the conditions of why/condition.h. */
#ifndef GOPM_EXPORT_WHY_CONDITION_TEXT_H
#define GOPM_EXPORT_WHY_CONDITION_TEXT_H

#include "export/why_words.h"

/* False: it is another finding, and nothing is written. */
bool gopm__condition_text(struct gopm__why_words *w);

#endif
