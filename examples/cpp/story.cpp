/* SPDX-License-Identifier: Apache-2.0 */
// Why does this server hang? c++ -std=c++17 story.cpp $(pkg-config --cflags --libs gopm) && ./a.out CORE [EXE]
#include <gopm/gopm.hpp>
#include <iostream>

static void print_groups(const gopm::core &core, std::uint32_t by, std::size_t most)
{
	const auto groups = core.groups(by);
	for (std::size_t i = 0; i < groups.size() && i < most; i++)
		std::cout << groups[i].count << ' ' << groups[i].location.function << ':' << groups[i].location.line
		          << ' ' << groups[i].key << '\n';
}

int main(int argc, char **argv)
try {
	const gopm::core core(argc > 1 ? argv[1] : "core", argc > 2 ? argv[2] : "");
	print_groups(core, GOPM_GROUP_USER, 5);
	gopm::filter consumer;
	consumer.start = "*startInChannelConsumer";
	for (const gopm::goroutine &g : core.goroutines(consumer))
		for (const gopm::frame &frame : g.stack()) {
			std::cout << frame.function() << " at " << frame.location.file << ':' << frame.location.line
			          << '\n';
			if (const auto variables = frame.try_variables())
				for (const gopm::value &variable : *variables)
					std::cout << "    " << variable.name() << " = " << variable.text() << '\n';
		}
	print_groups(core, GOPM_GROUP_OBJECT, 1);
	std::cout << core.why().text();
} catch (const gopm::error &problem) {
	std::cerr << problem.what() << '\n';
	return 1;
}
