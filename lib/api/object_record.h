/* SPDX-License-Identifier: Apache-2.0 */
/* The public record of an object. */
#ifndef GOPM_API_OBJECT_RECORD_H
#define GOPM_API_OBJECT_RECORD_H

#include <gopm/object.h>

#include "why/object.h"

/* What is known without those who wait for it: no word, no goroutines, no descriptor. */
gopm_object gopm__object_record(const struct gopm__object *object);

#endif
