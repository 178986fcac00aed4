/* SPDX-License-Identifier: Apache-2.0 */
/* The stream of gopm_goroutines_arrow(): an iterator that fills batches of columns. */
#include <errno.h>
#include <gopm/arrow.h>
#include <stdlib.h>

#include "api/handle.h"
#include "export/arrow_goroutine.h"
#include "util/allocate.h"

#define RECORDS 256 /* that are read at once */

struct goroutine_stream {
	gopm_goroutine_iter *it;
	struct gopm__arrow_goroutines batch;
	gopm_status status; /* GOPM_OK until the end, or the first failure */
	gopm_goroutine records[RECORDS];
};

static int errno_of(gopm_status status)
{
	switch (status) {
	case GOPM_OK:
	case GOPM_DONE:
		return 0;
	case GOPM_ERR_NO_MEMORY:
		return ENOMEM;
	case GOPM_ERR_CANCELLED:
		return ECANCELED;
	case GOPM_ERR_IO:
		return EIO;
	default:
		return EINVAL;
	}
}

static int get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out)
{
	const struct goroutine_stream *s = stream->private_data;

	out->release = NULL;
	return gopm__arrow_goroutines_schema(s->batch.fields, out) ? 0 : ENOMEM;
}

/* Reads goroutines until the batch is full. @return GOPM_OK, GOPM_DONE at the last one, or a failure. */
static gopm_status fill_batch(struct goroutine_stream *s)
{
	while (s->batch.rows + RECORDS <= GOPM__ARROW_BATCH) {
		size_t got;
		gopm_status status = gopm_goroutine_iter_next(s->it, s->records, sizeof s->records[0], RECORDS, &got);
		if (got != 0 && !gopm__arrow_goroutines_add(&s->batch, s->records, got)) {
			return GOPM_ERR_NO_MEMORY;
		}
		if (status != GOPM_OK) {
			return status;
		}
	}
	return GOPM_OK;
}

static int get_next(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
	struct goroutine_stream *s = stream->private_data;

	*out = (struct ArrowArray){.release = NULL};
	if (s->status != GOPM_OK) {
		return errno_of(s->status);
	}
	const uint64_t begun = gopm__call_begin();
	s->status = fill_batch(s);
	if (s->status >= 0 && s->batch.rows != 0 && !gopm__arrow_goroutines_finish(&s->batch, out)) {
		s->status = GOPM_ERR_NO_MEMORY;
	}
	s->status = gopm__call_result(begun, s->status, NULL);
	if (s->status < 0 && out->release != NULL) {
		out->release(out);
	}
	return errno_of(s->status);
}

static const char *get_last_error(struct ArrowArrayStream *stream)
{
	const struct goroutine_stream *s = stream->private_data;

	return s->status < 0 ? gopm_status_text(s->status) : NULL;
}

static void release(struct ArrowArrayStream *stream)
{
	struct goroutine_stream *s = stream->private_data;

	gopm__arrow_goroutines_clear(&s->batch);
	gopm_goroutine_iter_free(s->it);
	free(s);
	stream->release = NULL;
}

gopm_status gopm_goroutines_arrow(gopm_core *core, const gopm_goroutine_filter *filter, struct ArrowArrayStream *out,
                                  gopm_error **err)
{
	gopm_goroutine_iter *it;

	if (out == NULL) {
		if (err != NULL) {
			*err = NULL;
		}
		return gopm__fail(err, GOPM_ERR_ARGUMENT, GOPM__NOWHERE, "out must not be NULL");
	}
	*out = (struct ArrowArrayStream){.release = NULL};
	gopm_status status = gopm_goroutine_iter_open(core, filter, &it, err);
	if (status != GOPM_OK) {
		return status;
	}
	struct goroutine_stream *s = gopm__calloc(1, sizeof *s);
	if (s == NULL) {
		gopm_goroutine_iter_free(it);
		return gopm__fail_memory(err);
	}
	s->it = it;
	s->batch.fields = filter != NULL ? filter->fields : GOPM_FIELD_ALL;
	*out = (struct ArrowArrayStream){
	    .get_schema = get_schema,
	    .get_next = get_next,
	    .get_last_error = get_last_error,
	    .release = release,
	    .private_data = s,
	};
	return GOPM_OK;
}
