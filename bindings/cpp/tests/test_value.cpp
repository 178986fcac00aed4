/* SPDX-License-Identifier: Apache-2.0 */
// Variables, values and expressions of the sample. Delve prints the same.
#include "check.hpp"

int main()
{
	const gopm::core core = open_sample();
	const gopm::stack stack = core.stack(20);
	const gopm::frame frame = stack[3];
	const gopm::variables variables = frame.variables();
	CHECK_EQUAL(variables["key"].as_string(), "queue.longest");
	CHECK_EQUAL(variables["key"].text(), "\"queue.longest\"");
	CHECK_EQUAL(variables["value"].text(), "100");
	CHECK_THROWS(GOPM_NOT_FOUND, variables["nothing"]);
	CHECK_EQUAL(variables.try_find("nothing").status(), GOPM_NOT_FOUND);

	const gopm::value m = variables["m"];
	CHECK_EQUAL(m.type(), "*main.Metrics");
	CHECK_EQUAL(gopm::names::kind(m.kind()), "pointer");
	CHECK_EQUAL(gopm::names::from(m.provenance()), "recovered");
	CHECK_EQUAL(m["Name"].as_string(), "server");
	CHECK_EQUAL(m.elem()["Name"].as_string(), "server");
	CHECK_EQUAL(m["inChannel"].size(), 100u);
	CHECK_EQUAL(m["inChannel"].info().senders, 1001u);
	CHECK_EQUAL(m["inChannel"].as_uint(), 0x39a125340070u);
	CHECK_EQUAL(m["inChannel"].at(99).type(), "main.Metric");
	CHECK_EQUAL(m.children().size(), 1u);
	CHECK(m.json().find("\"main.Metrics\"") != std::string::npos);
	CHECK_THROWS(GOPM_NOT_FOUND, m["nothing"]);
	CHECK_THROWS(GOPM_NOT_FOUND, m["inChannel"].at(100));
	CHECK_THROWS(GOPM_NOT_FOUND, m.child(1));
	CHECK_THROWS(GOPM_NOT_FOUND, m.content());

	// Another kind is an error, and says which one it is.
	for (const char *problem : {CHECK_THROWS(GOPM_ERR_ARGUMENT, m["Name"].as_int()).what(),
	                            CHECK_THROWS(GOPM_ERR_ARGUMENT, m["Name"].elem()).what()})
		CHECK(problem != nullptr);
	CHECK_EQUAL(std::string(CHECK_THROWS(GOPM_ERR_ARGUMENT, m["Name"].as_int()).what()),
	            "Name (type string) is not a signed integer");
	CHECK_THROWS(GOPM_ERR_ARGUMENT, m["Name"]["x"]);
	CHECK_THROWS(GOPM_ERR_ARGUMENT, m["Name"].at(0));
	CHECK_THROWS(GOPM_ERR_ARGUMENT, m.as_bool());
	CHECK_THROWS(GOPM_ERR_ARGUMENT, m.as_double());
	CHECK_THROWS(GOPM_ERR_ARGUMENT, m.as_string());
	CHECK_THROWS(GOPM_ERR_ARGUMENT, m.size());

	CHECK(frame.eval("len(m.inChannel) == cap(m.inChannel)").as_bool());
	CHECK_EQUAL(frame.eval("m.counters[\"queue.longest\"]").as_int(), 20);
	CHECK_EQUAL(frame.eval("1.5 + 1").as_double(), 2.5);
	CHECK_EQUAL(core.eval("-7").as_int(), -7);
	CHECK_EQUAL(frame.eval("m.inChannel").as_uint(), m["inChannel"].as_uint());
	CHECK_THROWS(GOPM_NOT_FOUND, frame.eval("m.counters[\"nothing\"]"));
	const gopm::error wrong = CHECK_THROWS(GOPM_ERR_EXPRESSION, frame.eval("len(m) + nothing"));
	CHECK(wrong.expression_offset().has_value());
	CHECK(!wrong.offset().has_value());
	CHECK_THROWS(GOPM_ERR_EXPRESSION, frame.eval("key + 1"));
	CHECK_THROWS(GOPM_ERR_EXPRESSION, frame.eval("key["));
	CHECK_THROWS(GOPM_ERR_EXPRESSION, frame.eval("value.x"));
	CHECK_THROWS(GOPM_ERR_EXPRESSION, frame.eval(std::string("a\0b", 3)));
	CHECK_THROWS(GOPM_ERR_EXPRESSION, core.eval("nothing"));
	CHECK_THROWS(GOPM_ERR_LIMIT, frame.eval(std::string(100000, '(')));
	CHECK_EQUAL(frame.try_eval("main.nothing").status(), GOPM_ERR_EXPRESSION);
	CHECK(frame.try_eval("value").value_or(m).info().kind != GOPM_KIND_POINTER);

	// A string that is cut is not given as if it were whole.
	gopm::value_options few;
	few.max_string = 5;
	const gopm::value cut = frame.eval("key", few);
	CHECK_THROWS(GOPM_ERR_LIMIT, cut.as_string());
	CHECK_EQUAL(cut.size(), 13u);
	few.depth = 0;
	CHECK_EQUAL(frame.variables(few)["m"].text(), frame.eval("m", few).text());

	// What is unreadable says why.
	for (const gopm::frame &each : stack)
		if (const auto found = each.try_variables())
			for (const gopm::value &variable : *found)
				if (!variable.is_readable())
					CHECK(std::string(
					          CHECK_THROWS(GOPM_ERR_MISSING_MEMORY, variable.children()).what())
					          .find(variable.info().unreadable) != std::string::npos);

	CHECK_EQUAL(core.variables("net/http.DefaultServeMux").front().type(), "*net/http.ServeMux");
	CHECK(core.variables("nothing").empty());
	CHECK_THROWS(GOPM_ERR_ARGUMENT, core.variables(std::string("a\0b", 3)));
}
