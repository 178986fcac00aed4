/* What the runtime knows itself of the frames in which a goroutine is parked. */
#ifndef GOPM_VALUE_PARKED_H
#define GOPM_VALUE_PARKED_H

#include "value/recover.h"

/* False: nothing. `context` has a recovery. */
bool gopm__parked(struct gopm__context *context, const struct gopm__recover_request *request,
                  struct gopm__recovered *out);

#endif
