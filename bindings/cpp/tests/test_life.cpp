/* SPDX-License-Identifier: Apache-2.0 */
// Lives of handles, callbacks that throw, threads: each misuse ends in an exception.
#include "check.hpp"
#include <algorithm>
#include <random>
#include <thread>

struct mine {
};

template <class Call> static bool throws_mine(Call call)
{
	try {
		call();
	} catch (const mine &) {
		return true;
	}
	return false;
}

static void test_close()
{
	gopm::core core = open_sample();
	auto goroutines = core.goroutines();
	auto it = goroutines.begin();
	gopm::stack stack = core.stack(20);
	gopm::heap heap = core.heap();
	gopm::why why = core.why();
	auto findings = why.findings();
	gopm::value value = stack[3].variables()["m"];
	const auto threads = core.threads();
	core.close();
	core.close();
	CHECK_THROWS(GOPM_ERR_ARGUMENT, core.info());
	CHECK_THROWS(GOPM_ERR_ARGUMENT, core.build());
	CHECK_THROWS(GOPM_ERR_ARGUMENT, core.goroutines());
	CHECK_THROWS(GOPM_ERR_ARGUMENT, core.goroutine(1));
	CHECK_THROWS(GOPM_ERR_ARGUMENT, core.groups());
	CHECK_THROWS(GOPM_ERR_ARGUMENT, core.stack(20));
	CHECK_THROWS(GOPM_ERR_ARGUMENT, core.threads());
	CHECK_THROWS(GOPM_ERR_ARGUMENT, core.findings());
	CHECK_THROWS(GOPM_ERR_ARGUMENT, core.eval("1"));
	CHECK_THROWS(GOPM_ERR_ARGUMENT, core.variables("main.*"));
	CHECK_THROWS(GOPM_ERR_ARGUMENT, core.why());
	CHECK_THROWS(GOPM_ERR_ARGUMENT, core.heap());
	CHECK_THROWS(GOPM_ERR_ARGUMENT, core.memory(0, 1));
	CHECK_THROWS(GOPM_ERR_ARGUMENT, core.symbolize(1));
	CHECK_THROWS(GOPM_ERR_ARGUMENT, core.traceback());
	CHECK_EQUAL(core.try_stack(20).status(), GOPM_ERR_ARGUMENT);

	// What was made before keeps the core.
	CHECK_EQUAL(std::distance(it, goroutines.end()), 2010);
	CHECK_EQUAL(stack[3].variables()["m"]["Name"].as_string(), "server");
	CHECK(!threads[0].registers().empty());
	CHECK(!heap.histogram().empty());
	heap.close();
	CHECK_THROWS(GOPM_ERR_ARGUMENT, heap.info());
	CHECK_THROWS(GOPM_ERR_ARGUMENT, heap.histogram());
	CHECK_THROWS(GOPM_ERR_ARGUMENT, heap.objects());
	CHECK_THROWS(GOPM_ERR_ARGUMENT, heap.retained());
	CHECK_THROWS(GOPM_ERR_ARGUMENT, heap.suspects());
	CHECK_THROWS(GOPM_ERR_ARGUMENT, heap.path(1));
	CHECK_THROWS(GOPM_ERR_ARGUMENT, heap.object_at(1));
	why.close();
	CHECK_THROWS(GOPM_ERR_ARGUMENT, why.info());
	CHECK_THROWS(GOPM_ERR_ARGUMENT, why.findings());
	CHECK_THROWS(GOPM_ERR_ARGUMENT, why.chain(130));
	CHECK_EQUAL(findings[0].to_blame()[0].id, 20u);
	const gopm::value channel = value["inChannel"];
	value.close();
	CHECK_THROWS(GOPM_ERR_ARGUMENT, value.text());
	CHECK_THROWS(GOPM_ERR_ARGUMENT, value.info());
	CHECK_THROWS(GOPM_ERR_ARGUMENT, value["Name"]);
	CHECK_THROWS(GOPM_ERR_ARGUMENT, value.elem());
	CHECK_THROWS(GOPM_ERR_ARGUMENT, value.child(0));
	CHECK_THROWS(GOPM_ERR_ARGUMENT, value.content());
	CHECK_THROWS(GOPM_ERR_ARGUMENT, value.as_uint());
	CHECK_EQUAL(channel.size(), 100u);

	// A handle that was moved away is closed.
	gopm::core from = open_sample();
	const gopm::core to = std::move(from);
	CHECK_THROWS(GOPM_ERR_ARGUMENT, from.info());
	CHECK_EQUAL(to.info().machine, "amd64");
}

static void test_order()
{
	for (unsigned seed = 0; seed < 5; seed++) {
		std::vector<std::shared_ptr<void>> things;
		auto core = std::make_shared<gopm::core>(open_sample());
		auto stack = std::make_shared<gopm::stack>(core->stack(20));
		auto value = std::make_shared<gopm::value>((*stack)[3].variables()["m"]);
		auto goroutines = std::make_shared<gopm::stream<gopm::goroutine>>(core->goroutines());
		auto why = std::make_shared<gopm::why>(core->why());
		things = {core, stack, value, goroutines, why, std::make_shared<gopm::value>((*value)["counters"])};
		core.reset();
		stack.reset();
		value.reset();
		goroutines.reset();
		why.reset();
		std::shuffle(things.begin(), things.end(), std::mt19937(seed));
		while (!things.empty())
			things.pop_back();
	}
}

static void test_callbacks()
{
	std::uint64_t calls = 0;
	gopm::open_options options;
	options.core_path = sample + "/core.zst";
	options.exe_path = sample + "/server";
	options.progress = [&](std::uint32_t phase, std::uint64_t done, std::uint64_t total) {
		calls++;
		return gopm::names::progress(phase) == "unpack" && done <= total;
	};
	const gopm::core core(options);
	CHECK(calls > 0);
	const gopm::progress stop = [](auto...) { return false; };
	const gopm::progress fail = [](auto...) -> bool { throw mine(); };
	options.progress = stop;
	CHECK_EQUAL(gopm::core::try_open(options).status(), GOPM_ERR_CANCELLED);
	options.progress = fail;
	CHECK(throws_mine([&] { gopm::core::try_open(options).status(); }));
	gopm::filter wanted;
	wanted.progress = fail;
	CHECK(throws_mine([&] {
		for (const auto &g : core.goroutines(wanted))
			CHECK(g.id != 0);
	}));
	CHECK(throws_mine([&] { core.groups(GOPM_GROUP_USER, wanted); }));
	CHECK(throws_mine([&] { core.heap(fail); }));
	CHECK_EQUAL(core.try_heap(stop).status(), GOPM_ERR_CANCELLED);
	gopm::why_options why;
	why.progress = fail;
	CHECK(throws_mine([&] { core.why(why); }));
	why.progress = stop;
	CHECK_EQUAL(core.try_why(why).status(), GOPM_ERR_CANCELLED);
	CHECK(throws_mine([&] { core.traceback({}, [](std::string_view) { throw mine(); }); }));
	const gopm::heap heap = core.heap();
	CHECK(throws_mine([&] { heap.retained(GOPM_HEAP_BY_TYPE, fail); }));
	// None of them did harm.
	CHECK_EQUAL(core.groups().front().count, 1000u);
	CHECK(!heap.retained(GOPM_HEAP_BY_TYPE).empty());
}

static void test_threads()
{
	const gopm::core core = open_sample();
	std::vector<std::thread> threads;
	for (int i = 0; i < 4; i++) {
		threads.emplace_back([&] {
			auto goroutines = core.goroutines();
			CHECK_EQUAL(std::distance(goroutines.begin(), goroutines.end()), 2010);
			CHECK_EQUAL(core.groups().front().count, 1000u);
		});
		threads.emplace_back([core] {
			CHECK_EQUAL(core.stack(20)[3].variables()["m"]["Name"].as_string(), "server");
			CHECK_EQUAL(core.why().findings().size(), 1u);
		});
	}
	for (std::thread &thread : threads)
		thread.join();
}

int main()
{
	test_close();
	test_order();
	test_callbacks();
	test_threads();
}
