/* SPDX-License-Identifier: Apache-2.0 */
/* Functions written as listings, with the facts about them that follow from the meaning of their code. listings/README
 * describes the format. */
#ifndef GOPM_TESTS_LISTING_H
#define GOPM_TESTS_LISTING_H

/* Analyzes each function of the file and compares the facts with those it states. Prints each line that differs, with
 * the fact that the analysis found. Returns how many differ; at least 1 if the file cannot be read. */
int listing_check(const char *path);

#endif
