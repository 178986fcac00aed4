/* SPDX-License-Identifier: Apache-2.0 */
/* Requests in flight and pools of connections, as tables. */
#include "request_kinds.h"

/* The fields of a request that net/http.Server reads from a connection. */
#define OF_REQUEST(field)                                                                                              \
	{                                                                                                              \
		"$.curReq.(data).req." field                                                                           \
	}

/* net/http/server.go: conn, response; Go 1.16 to 1.27. */
static const struct fact server_facts[] = {
    {"status", "STATUS", 6, FACT_POSITIVE, {"$.curReq.(data).status"}},
    {"peer", "PEER", 21, FACT_STRING, {"$.remoteAddr"}},
    {"method", "METHOD", 7, FACT_STRING, OF_REQUEST("Method")},
    {"url", "URL", 0, FACT_STRING, OF_REQUEST("RequestURI")},
    {"host", NULL, 0, FACT_STRING, OF_REQUEST("Host")},
    {"proto", NULL, 0, FACT_STRING, OF_REQUEST("Proto")},
    {"written", NULL, 0, FACT_NUMBER, {"$.curReq.(data).written"}},
    {"state", NULL, 0, FACT_STATE, {"$.curState.(data)", "$.curState.atomic"}},
    {0},
};

/* net/http/h2_bundle.go until Go 1.26, then net/http/internal/http2/server.go: responseWriterState. */
static const struct fact http2_facts[] = {
    {"status", "STATUS", 6, FACT_POSITIVE, {"$.status"}},
    {"peer", "PEER", 21, FACT_STRING, {"$.conn.remoteAddrStr"}},
    {"method", "METHOD", 7, FACT_STRING, {"$.req.Method"}},
    {"url", "URL", 0, FACT_STRING, {"$.req.RequestURI"}},
    {"host", NULL, 0, FACT_STRING, {"$.req.Host"}},
    {"proto", NULL, 0, FACT_STRING, {"$.req.Proto"}},
    {"written", NULL, 0, FACT_NUMBER, {"$.wroteBytes"}},
    {"stream", NULL, 0, FACT_NUMBER, {"$.stream.id"}},
    {0},
};

/* net/http/transport.go: transportRequest; Go 1.16 to 1.27. */
static const struct fact client_facts[] = {
    {"method", "METHOD", 7, FACT_STRING, {"$.Request.Method"}},
    {"url", "URL", 0, FACT_URL, {"*$.Request.URL"}},
    {0},
};

/* database/sql/sql.go: DB. connRequests was a map until Go 1.22. */
static const struct fact pool_facts[] = {
    {"open", "OPEN", 5, FACT_NUMBER, {"$.numOpen"}},
    {"maxOpen", "MAX", 5, FACT_POSITIVE, {"$.maxOpen"}},
    {"inUse", "IN USE", 6, FACT_NUMBER, {"$.numOpen - len($.freeConn)"}},
    {"idle", "IDLE", 5, FACT_NUMBER, {"len($.freeConn)"}},
    {"waiting", "WAITING", 7, FACT_NUMBER, {"len($.connRequests.s)", "len($.connRequests)"}},
    {"waitCount", "WAITED", 7, FACT_NUMBER, {"$.waitCount"}},
    {"waitDuration", "FOR", 6, FACT_DURATION, {"$.waitDuration.(data)", "$.waitDuration"}},
    {"closed", NULL, 0, FACT_BOOL, {"$.closed"}},
    {"driver", "DRIVER", 0, FACT_TYPE, {"$.connector.(data).driver", "$.connector"}},
    {0},
};

const struct library_kind request_kinds[] = {
    {
        .what = "server request",
        .has_age = true,
        .type = "net/http.conn",
        .condition = {"$.curReq.(data) != nil && $.curReq.(data).req != nil"},
        /* A hijacked connection keeps its last request after the handler returned. */
        .alone = {"$.curState.(data) & 255 < 3", "$.curState.atomic & 255 < 3"},
        .since = {"$.curState.(data)", "$.curState.atomic"},
        .goroutine = {.start = "net/http.(*conn).serve",
                      .outer = 8,
                      .title = "GOROUTINE",
                      .variables = {{"net/http.(*conn).serve", {"c", "arg0"}}}},
        .facts = server_facts,
    },
    {
        .what = "HTTP/2 server request",
        .has_age = true,
        .type = "net/http/internal/http2.responseWriterState",
        .condition = {"$.stream != nil && !$.handlerDone"},
        .goroutine = {.start = "net/http/internal/http2.(*serverConn).runHandler",
                      .outer = 8,
                      .title = "GOROUTINE",
                      .variables = {{"net/http.http2Handler.ServeHTTP", {"w", "arg1"}},
                                    {"net/http/internal/http2.(*serverConn).runHandler", {"rw", "arg1"}}},
                      .holder = "net/http/internal/http2.responseWriter",
                      .field = "rws"},
        .facts = http2_facts,
    },
    {
        .what = "HTTP/2 server request",
        .has_age = true,
        .type = "net/http.http2responseWriterState",
        .condition = {"$.stream != nil && !$.handlerDone"},
        .goroutine = {.start = "net/http.(*http2serverConn).runHandler",
                      .outer = 8,
                      .title = "GOROUTINE",
                      .variables = {{"net/http.(*http2serverConn).runHandler", {"rw"}},
                                    {"net/http.serverHandler.ServeHTTP", {"rw.(data)", "arg1.(data)"}}},
                      .holder = "net/http.http2responseWriter",
                      .field = "rws"},
        .facts = http2_facts,
    },
    {
        .what = "HTTP/2 server request",
        .has_age = true,
        .type = "golang.org/x/net/http2.responseWriterState",
        .condition = {"$.stream != nil && !$.handlerDone"},
        .goroutine = {.start = "golang.org/x/net/http2.(*serverConn).runHandler",
                      .outer = 8,
                      .title = "GOROUTINE",
                      .variables = {{"golang.org/x/net/http2.(*serverConn).runHandler", {"rw", "arg1"}}},
                      .holder = "golang.org/x/net/http2.responseWriter",
                      .field = "rws"},
        .facts = http2_facts,
    },
    {
        .what = "client request",
        .has_age = true,
        .type = "net/http.transportRequest",
        .condition = {"$.Request != nil && $.err == nil"},
        .goroutine = {.user = "net/http.(*persistConn).roundTrip",
                      .title = "GOROUTINE",
                      .variables = {{"net/http.(*persistConn).roundTrip", {"req", "arg1"}}}},
        .facts = client_facts,
    },
    {
        .what = "SQL pool",
        .type = "database/sql.DB",
        .goroutine = {.start = "database/sql.(*DB).connectionOpener",
                      .outer = 8,
                      .title = "OPENER",
                      .variables = {{"database/sql.(*DB).connectionOpener", {"db", "arg0"}}}},
        .facts = pool_facts,
    },
};

const size_t request_kind_count = sizeof request_kinds / sizeof request_kinds[0];
