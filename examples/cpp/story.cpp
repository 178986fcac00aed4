/* SPDX-License-Identifier: Apache-2.0 */
// Why does this server hang? c++ -std=c++17 story.cpp $(pkg-config --cflags --libs gopm) && ./a.out CORE [EXE]
#include <gopm/gopm.h>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string_view>
// The result of a call through its out-pointer; it is released at the end of the scope.
template <class T, class Call> std::shared_ptr<T> made(void (*release)(T *), Call call)
{
	T *result = nullptr;
	gopm_error *err = nullptr;
	gopm_status status = call(&result, &err);
	std::shared_ptr<gopm_error> error(err, gopm_error_free);
	if (status < 0)
		throw std::runtime_error(err ? gopm_error_message(err) : gopm_status_text(status));
	return {result, release};
}

static std::ostream &operator<<(std::ostream &out, gopm_str s) { return out << std::string_view(s.data, s.size); }
static void print_largest(gopm_core *core, uint32_t by, int most)
{
	auto it = made<gopm_group_iter>(
	    gopm_group_iter_free, [=](auto out, auto err) { return gopm_group_iter_open(core, by, nullptr, nullptr, out, err); });
	gopm_group g;
	for (size_t got; most-- > 0 && gopm_group_iter_next(it.get(), &g, sizeof g, 1, &got) == GOPM_OK;)
		std::cout << g.count << ' ' << g.location.function << ':' << g.location.line << ' ' << g.key << '\n';
}

int main(int argc, char **argv)
{
	auto core = made<gopm_core>(gopm_core_close, [=](auto out, auto err) {
		return gopm_core_open_path(argv[1], argc > 2 ? argv[2] : nullptr, out, err); });
	print_largest(core.get(), GOPM_GROUP_USER, 5);
	gopm_goroutine_filter filter{sizeof filter};
	filter.start = "*startInChannelConsumer";
	auto it = made<gopm_goroutine_iter>(gopm_goroutine_iter_free, [&](auto out, auto err) {
		return gopm_goroutine_iter_open(core.get(), &filter, out, err); });
	gopm_goroutine g{};
	gopm_frame f;
	size_t got;
	gopm_goroutine_iter_next(it.get(), &g, sizeof g, 1, &got);
	gopm_stack_options options{sizeof options};
	options.goroutine_id = g.id;
	auto stack = made<gopm_stack>(gopm_stack_free,
	                              [&](auto out, auto err) { return gopm_stack_open(core.get(), &options, out, err); });
	for (size_t i = 0; gopm_stack_frames(stack.get(), i, &f, sizeof f, 1, &got) == GOPM_OK; i++) {
		std::cout << f.location.function << " at " << f.location.file << ':' << f.location.line << '\n';
		auto vars = made<gopm_vars>(gopm_vars_free, [&](auto out, auto err) {
			return gopm_frame_vars(stack.get(), i, nullptr, out, err); });
		for (size_t v = 0; v < gopm_vars_size(vars.get()); v++) {
			auto value = made<gopm_value>(gopm_value_free, [&](auto out, auto) { return gopm_vars_value(vars.get(), v, out); });
			gopm_value_info info{sizeof info};
			char text[400] = "";
			if (gopm_value_get_info(value.get(), &info) == GOPM_OK && gopm_value_text(value.get(), text, sizeof text, &got) == GOPM_OK)
				std::cout << "    " << info.name << " = " << text << '\n';
		}
	}
	print_largest(core.get(), GOPM_GROUP_OBJECT, 1);
}
