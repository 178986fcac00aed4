/* SPDX-License-Identifier: Apache-2.0 */
// Cores, goroutines, groups, stacks, threads, waits and the heap of the sample.
#include "check.hpp"
#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#if __cplusplus >= 202002L
#include <ranges>
static_assert(std::input_iterator<gopm::stream<gopm::goroutine>::iterator>);
static_assert(std::ranges::input_range<gopm::stream<gopm::goroutine>>);
static_assert(std::ranges::random_access_range<const gopm::list<gopm::record::group>>);
#endif

static void test_open()
{
	const gopm::core core = open_sample();
	CHECK_EQUAL(core.info().machine, "amd64");
	CHECK((core.info().flags & GOPM_CORE_HAS_DWARF) != 0);
	CHECK_EQUAL(core.build().value().go_version, core.info().go_version);
	CHECK_EQUAL(core.build_settings().size(), core.build()->setting_count);
	CHECK_EQUAL(core.dependencies().size(), core.build()->dependency_count);

	const gopm::error missing = CHECK_THROWS(GOPM_ERR_IO, gopm::core("/nonexistent/core"));
	CHECK_EQUAL(missing.path().value(), "/nonexistent/core");
	CHECK(std::string_view(missing.what()).find("/nonexistent/core") != std::string_view::npos);
	const gopm::error other = CHECK_THROWS(GOPM_ERR_FORMAT, gopm::core(__FILE__));
	CHECK_EQUAL(other.offset().value(), 0u);
	CHECK(!other.address().has_value());
	const gopm::result<gopm::core> tried = gopm::core::try_open("/nonexistent/core");
	CHECK(!tried);
	CHECK_EQUAL(tried.status(), GOPM_ERR_IO);
	CHECK_THROWS(GOPM_ERR_IO, tried->info());
	CHECK_THROWS(GOPM_ERR_ARGUMENT, gopm::core(std::string("a\0b", 3)));
	CHECK_THROWS(GOPM_ERR_ARGUMENT, gopm::core(gopm::open_options()));
}

static void test_sources()
{
	std::ifstream file(sample + "/core.zst", std::ios::binary);
	std::ostringstream content;
	content << file.rdbuf();
	const std::string bytes = content.str();
	gopm::open_options options;
	options.exe_path = sample + "/server";
	options.core_data = bytes;
	CHECK_EQUAL(gopm::core(options).goroutine(20).id, 20u);

	options.core_data = {};
	options.core_read_size = bytes.size();
	options.core_read = [&](std::uint64_t offset, void *buffer, std::size_t size) {
		const std::size_t got = std::min<std::size_t>(size, offset < bytes.size() ? bytes.size() - offset : 0);
		std::memcpy(buffer, bytes.data() + offset, got);
		return got;
	};
	CHECK_EQUAL(gopm::core(options).goroutine(20).id, 20u);
	options.core_read = [](std::uint64_t, void *, std::size_t) -> std::size_t { throw std::domain_error("mine"); };
	try {
		gopm::core core(options);
		CHECK(false);
	} catch (const std::domain_error &mine) {
		CHECK_EQUAL(std::string_view(mine.what()), "mine");
	}
	options.core_read = [](std::uint64_t, void *, std::size_t size) { return size + 1; };
	CHECK_EQUAL(gopm::core::try_open(options).status(), GOPM_ERR_IO);
}

static void test_goroutines(const gopm::core &core)
{
	std::size_t all = 0, counting = 0;
	std::set<std::uint64_t> addresses;
	for (const gopm::goroutine &g : core.goroutines()) {
		all++;
		counting += g.user.function == "main.(*Metrics).CountS";
		addresses.insert(g.address);
	}
	CHECK_EQUAL(all, 2010u);
	CHECK_EQUAL(counting, 1000u);
	CHECK_EQUAL(addresses.size(), 2010u);

	gopm::filter wanted;
	wanted.start = "*startInChannelConsumer";
	auto found = core.goroutines(wanted);
	auto it = found.begin();
	CHECK_EQUAL((*it++).id, 20u);
	CHECK(it == found.end());
	CHECK_THROWS(GOPM_DONE, *it);
	wanted = {};
	wanted.waiting = std::chrono::minutes(1);
	wanted.reason = "chan send";
	auto waiting = core.goroutines(wanted);
	CHECK_EQUAL(std::count_if(waiting.begin(), waiting.end(),
	                          [](const auto &g) { return g.waiting() > std::chrono::seconds(60); }),
	            1001);
	wanted = {};
	wanted.system = true;
	auto system = core.goroutines(wanted);
	const auto of_runtime = std::distance(system.begin(), system.end());
	wanted.system = false;
	auto user = core.goroutines(wanted);
	CHECK_EQUAL(of_runtime + std::distance(user.begin(), user.end()), 2010);
	wanted.user = std::string("a\0", 2);
	CHECK_THROWS(GOPM_ERR_ARGUMENT, core.goroutines(wanted));
	wanted = {};
	wanted.flags = 1u << 31;
	CHECK_THROWS(GOPM_ERR_UNSUPPORTED, core.goroutines(wanted));

	const gopm::goroutine g = core.goroutine(20);
	CHECK_EQUAL(core.goroutine_at(g.address).id, 20u);
	CHECK_EQUAL(g.status_name, "waiting");
	CHECK_EQUAL(g.wait_reason, "chan send");
	CHECK_EQUAL(g.waits()[0].type, "main.Metric");
	CHECK_EQUAL(g.waits()[0].senders, 1001u);
	CHECK(g.labels().empty());
	CHECK_EQUAL(core.try_goroutine(1000000000).status(), GOPM_NOT_FOUND);
	CHECK_THROWS(GOPM_NOT_FOUND, core.goroutine(1000000000));

	const auto groups = core.groups();
	CHECK_EQUAL(groups.size(), 5u);
	CHECK_EQUAL(groups[0].count, 1000u);
	CHECK_EQUAL(groups[0].location.line, 98u);
	CHECK_EQUAL(groups.back().count, 1u);
	CHECK_EQUAL(core.groups(GOPM_GROUP_OBJECT).front().key,
	            "chan main.Metric 0x39a125340070, 100 of 100: 1001 senders, 0 receivers");
	CHECK_THROWS(GOPM_NOT_FOUND, groups[5]);
	CHECK_THROWS(GOPM_ERR_ARGUMENT, core.groups(99));
}

static void test_stacks(const gopm::core &core)
{
	const gopm::stack stack = core.stack(20);
	CHECK_EQUAL(stack[3].function(), "main.(*Metrics).SetM");
	CHECK_EQUAL(stack[3].location.line, 93u);
	CHECK_EQUAL(stack.json().substr(0, 20), "{\"Locations\":[{\"pc\":");
	CHECK_EQUAL(core.goroutine(20).json().substr(0, 23), "{\"id\":20,\"currentLoc\":{");
	CHECK_EQUAL(gopm::names::language(stack[3].language), "go");
	CHECK_EQUAL(stack.back().function(), "runtime.goexit");
	CHECK_EQUAL(gopm::names::stack_end(stack.end_reason()), "complete");
	CHECK_EQUAL(stack.depth(), stack.size());
	CHECK(stack[3].registers().empty());
	gopm::stack_options outer;
	outer.outer_frames = 2;
	CHECK_EQUAL(core.stack(20, outer)[1].function(), "runtime.goexit");
	CHECK_EQUAL(core.stack(20, outer).first() + 2, stack.size());
	CHECK_THROWS(GOPM_NOT_FOUND, stack[99]);
	CHECK_THROWS(GOPM_NOT_FOUND, core.stack(1000000000));

	const auto threads = core.threads();
	CHECK_EQUAL(threads.size(), core.info().thread_count);
	for (const gopm::thread &thread : threads) {
		const auto registers = thread.registers();
		const auto rip =
		    std::find_if(registers.begin(), registers.end(), [](const auto &r) { return r.name == "rip"; });
		CHECK(rip != registers.end());
		CHECK_EQUAL(rip->value, thread.pc);
		CHECK_EQUAL(thread.stack()[0].registers().size(), registers.size());
	}

	const gopm::goroutine g = core.goroutine(1);
	// g.stack.lo is the first word of a g.
	std::uint64_t low = 0;
	std::memcpy(&low, core.memory(g.address, 8).data(), 8);
	CHECK_EQUAL(low, g.stack_lo);
	CHECK_EQUAL(CHECK_THROWS(GOPM_ERR_MISSING_MEMORY, core.memory(16, 8)).address().value(), 16u);
	CHECK_EQUAL(core.try_memory(16, SIZE_MAX).status(), GOPM_ERR_MISSING_MEMORY);
	CHECK(core.memory(16, 0).empty());
	CHECK_EQUAL(core.symbolize(g.start.entry).back().function, "runtime.main");
	CHECK(core.symbolize(1).empty());
	const auto mappings = core.mappings();
	CHECK(std::any_of(mappings.begin(), mappings.end(),
	                  [&](const auto &m) { return m.address <= g.address && g.address < m.address + m.size; }));
	CHECK(!core.modules().empty());
	for (const auto &finding : core.findings())
		CHECK(!finding.message.empty());

	gopm::traceback_options one;
	one.goroutine = 20;
	CHECK_EQUAL(core.traceback(one).substr(0, 23), "goroutine 20 [chan send");
	one.goroutine = 1000000000;
	CHECK_THROWS(GOPM_NOT_FOUND, core.traceback(one));
}

static void test_why(const gopm::core &core)
{
	const gopm::why why = core.why();
	CHECK_EQUAL(gopm::names::verdict(why.verdict()), "deadlock");
	const auto findings = why.findings();
	CHECK_EQUAL(findings.size(), 1u);
	const gopm::why_finding &finding = findings[0];
	CHECK_EQUAL(gopm::names::certainty(finding.certainty), "likely");
	CHECK_EQUAL(gopm::names::pattern(finding.pattern), "self chan");
	CHECK_EQUAL(finding.to_blame()[0].id, 20u);
	CHECK_EQUAL(finding.waiting().size(), 1001u);
	CHECK_EQUAL(finding.waited_for()[0].in, "main.Metrics.inChannel");
	CHECK_EQUAL(finding.edge_targets(0).at(0), 20u);
	CHECK(finding.edge_targets(1000000).empty());
	CHECK_EQUAL(finding.waits().size(), finding.edges);
	CHECK_EQUAL(why.chain(130)[0].next, 20u);
	CHECK_THROWS(GOPM_NOT_FOUND, why.chain(1000000000));
	CHECK_EQUAL(why.text().substr(0, 19), "1. deadlock, likely");
	CHECK_EQUAL(why.holders().size(), 0u);
	CHECK_EQUAL(why.leaks().size(), why.info().leaked + why.info().suspects);

	const gopm::heap heap = core.heap();
	std::uint64_t bytes = 0;
	for (const auto &row : heap.histogram()) {
		bytes += row.bytes;
		// A thousand connections, each with one request; the allocator's slots have 144 and 320 bytes.
		if (row.type == "net/http.conn")
			CHECK_EQUAL(row.bytes, 144000u);
		if (row.type == "net/http.Request")
			CHECK_EQUAL(row.objects, 1000u);
	}
	CHECK_EQUAL(bytes, heap.info().bytes);
	gopm::heap_filter live;
	live.type = "net/http.conn";
	live.live = true;
	auto objects = heap.objects(live);
	const std::uint64_t first = objects.begin()->address;
	CHECK_EQUAL(std::distance(objects.begin(), objects.end()), 1000);
	CHECK_EQUAL(heap.object_at(first + 8).address, first);
	CHECK(!heap.path(first).text.empty());
	CHECK(!heap.path(first).steps.empty());
	CHECK_EQUAL(heap.suspects()[0].name, "net/http.conn");
	CHECK(heap.retained(GOPM_HEAP_BY_TYPE)[0].bytes > 0);
	CHECK_THROWS(GOPM_NOT_FOUND, heap.object_at(1));
	CHECK_THROWS(GOPM_NOT_FOUND, heap.path(1));
	CHECK_THROWS(GOPM_ERR_ARGUMENT, heap.retained(99));
	CHECK_THROWS(GOPM_ERR_ARGUMENT, heap.suspects(101));
	gopm::why_options with;
	with.heap = heap;
	CHECK_EQUAL(core.why(with).verdict(), static_cast<std::uint32_t>(GOPM_VERDICT_DEADLOCK));
	with.heap->close();
	CHECK_THROWS(GOPM_ERR_ARGUMENT, core.why(with));
	with.heap = open_sample().heap();
	CHECK_THROWS(GOPM_ERR_ARGUMENT, core.why(with));
}

int main()
{
	test_open();
	test_sources();
	const gopm::core core = open_sample();
	test_goroutines(core);
	test_stacks(core);
	test_why(core);
}
