/* SPDX-License-Identifier: Apache-2.0 */
/* Objects of Go's library that a program should have closed, as a table. */
#include <inttypes.h>

#include "heap.h"
#include "json.h"
#include "library.h"
#include "message.h"

/* net/http/transport.go; database/sql/sql.go; context/context.go. Go 1.16 to 1.27. Tx.done was an int32 until 1.18.
 * Timers: runtime.timeTimer of runtime/time.go since Go 1.23, time.runtimeTimer of time/sleep.go before. The status
 * values 0 and 3 to 5 of the latter mean that the timer does not run. */
#define OLD_TIMER_RUNS "$.r.status != 0 && ($.r.status < 3 || $.r.status > 5)"
#define TICKER_ADVICE "each runs until its owner calls ticker.Stop()"
#define TIMER_ADVICE "each keeps its function until then, and deadlines of contexts are among them; call timer.Stop()"
static const struct library_kind checks[] = {
    {.what = "open response body",
     .type = "net/http.bodyEOFSignal",
     .condition = {"!$.closed && $.rerr == nil"},
     .advice =
         "each keeps a connection and two goroutines until it is read to its end or closed; call resp.Body.Close()"},
    {.what = "open result set",
     .type = "database/sql.Rows",
     .condition = {"!$.closed"},
     .advice = "each keeps a connection of its pool; call rows.Close(), or rows.Next() until it is false"},
    {.what = "open transaction",
     .type = "database/sql.Tx",
     .condition = {"!$.done.(data)", "$.done == 0"},
     .advice = "each keeps a connection of its pool; call tx.Rollback() in a defer"},
    {.what = "open statement",
     .type = "database/sql.Stmt",
     .condition = {"!$.closed"},
     .advice = "each is prepared on connections of its pool; call stmt.Close() unless it is used for ever"},
    {.what = "context with 100 children or more",
     .type = "context.cancelCtx",
     .condition = {"len($.children) >= 100"},
     .advice = "its children are kept until they are cancelled; call the cancel function of each"},
    {.what = "context with 100 children or more",
     .type = "context.timerCtx",
     .condition = {"len($.children) >= 100"},
     .advice = "its children are kept until they are cancelled; call the cancel function of each"},
    {.what = "pending deadline of a context",
     .type = "context.timerCtx",
     .condition = {"$.timer != nil"},
     .advice = "each keeps its context until the deadline; defer its cancel function"},
    {.what = "running ticker",
     .type = "runtime.timeTimer",
     .condition = {"$.timer.isChan && $.timer.period > 0 && $.timer.when > 0"},
     .advice = TICKER_ADVICE},
    {.what = "running ticker", .type = "time.Ticker", .condition = {OLD_TIMER_RUNS}, .advice = TICKER_ADVICE},
    {.what = "pending function of time.AfterFunc",
     .type = "runtime.timeTimer",
     .condition = {"!$.timer.isChan && $.timer.when > 0"},
     .advice = TIMER_ADVICE},
    {.what = "pending function of time.AfterFunc",
     .type = "time.Timer",
     .condition = {"$.C == nil && " OLD_TIMER_RUNS},
     .advice = TIMER_ADVICE},
};

enum { CHECK_COUNT = sizeof checks / sizeof checks[0] };

static void print_check(const struct library_object *example, size_t count, bool json)
{
	if (json) {
		output_char('{');
		json_key("what");
		json_cstring(example->kind->what);
		json_next_key("type");
		json_cstring(example->kind->type);
		json_next_key("objects");
		output_u64(count);
		json_next_key("example");
		output_u64(example->address);
		json_next_key("typeIsGuess");
		json_bool(example->is_guess);
		json_next_key("advice");
		json_cstring(example->kind->advice);
		output_char('}');
		return;
	}
	output_printf("%10zu  %s: %s, for example at 0x%" PRIx64 "%s\n            %s\n", count, example->kind->what,
	              example->kind->type, example->address, example->is_guess ? " (its type is a guess)" : "",
	              example->kind->advice);
}

int heap_checks(const struct heap_request *r, struct session *session, gopm_heap *heap)
{
	struct library_objects found;
	bool first = true;

	if (!library_find(session, heap, checks, CHECK_COUNT, &found)) {
		library_free(&found);
		return EXIT_FAILED;
	}
	library_warn(&found);
	output_string(r->json ? "{\"result\":[" : "");
	for (size_t i = 0, end; i < found.count; i = end) {
		for (end = i + 1; end < found.count && found.list[end].kind == found.list[i].kind; end++) {
		}
		output_string(r->json && !first ? ",\n" : "");
		print_check(&found.list[i], end - i, r->json);
		first = false;
	}
	output_string(r->json ? "]}\n" : "");
	if (found.count == 0 && !session->quiet) {
		hint("the checks found nothing");
	}
	const int code = found.count != 0 ? EXIT_DONE : EXIT_NOTHING;
	library_free(&found);
	return code;
}
