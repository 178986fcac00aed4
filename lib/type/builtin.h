/* SPDX-License-Identifier: Apache-2.0 */
/* Types that need no descriptor: Go's numbers, the runtime's own structs, and the words of arguments of unknown type.
 */
#ifndef GOPM_TYPE_BUILTIN_H
#define GOPM_TYPE_BUILTIN_H

#include "type/types.h"

/* These fill `type`. The caller has set its id, and all else to unknown.
 * @return GOPM_OK, GOPM_ERR_FORMAT, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__type_builtin(uint64_t which, struct gopm__type *type);
gopm_status gopm__type_builtin_pointer(uint64_t which, struct gopm__type *type);

/* A struct of the words between the opening brace at address `table` and its closing one. Inner braces are structs. */
gopm_status gopm__type_arg_words(struct gopm__types *types, uint64_t table, struct gopm__type *type);

#endif
