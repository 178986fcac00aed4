/* SPDX-License-Identifier: Apache-2.0 */
#include <gopm/types.h>

#define TEXT2(x) #x
#define TEXT(x) TEXT2(x)

uint32_t gopm_version_number(void)
{
	return GOPM_VERSION_NUMBER;
}

const char *gopm_version_string(void)
{
	return TEXT(GOPM_VERSION_MAJOR) "." TEXT(GOPM_VERSION_MINOR) "." TEXT(GOPM_VERSION_PATCH);
}

const char *gopm_status_text(gopm_status status)
{
	static const struct {
		gopm_status status;
		const char *text;
	} texts[] = {
	    {GOPM_OK, "ok"},
	    {GOPM_DONE, "done"},
	    {GOPM_NOT_FOUND, "not found"},
	    {GOPM_ERR_ARGUMENT, "bad argument"},
	    {GOPM_ERR_NO_MEMORY, "out of memory"},
	    {GOPM_ERR_IO, "cannot read"},
	    {GOPM_ERR_UNSUPPORTED, "not supported"},
	    {GOPM_ERR_FORMAT, "bad format"},
	    {GOPM_ERR_TRUNCATED, "file is cut off"},
	    {GOPM_ERR_NOT_GO, "not a Go program"},
	    {GOPM_ERR_NO_EXECUTABLE, "executable not found"},
	    {GOPM_ERR_MISSING_MEMORY, "memory not in the core"},
	    {GOPM_ERR_LIMIT, "over a limit"},
	    {GOPM_ERR_NO_DWARF, "no DWARF"},
	    {GOPM_ERR_EXISTS, "file exists"},
	    {GOPM_ERR_PERMISSION, "not permitted"},
	    {GOPM_ERR_NO_PROCESS, "no such process"},
	    {GOPM_ERR_CANCELLED, "cancelled"},
	    {GOPM_ERR_EXPRESSION, "bad expression"},
	};

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		if (texts[i].status == status) {
			return texts[i].text;
		}
	}
	return "unknown status";
}
