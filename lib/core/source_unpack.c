#include "core/source_private.h"

gopm_status gopm__source_unpack(struct gopm__source *source, const struct gopm__source_request *request,
                                gopm_error **err)
{
	(void)source;
	(void)request;
	(void)err;
	return GOPM_OK;
}
