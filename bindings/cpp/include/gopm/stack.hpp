/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gopm/stack.hpp
 * Stacks of goroutines and threads, and their frames.
 */
#ifndef GOPM_STACK_HPP
#define GOPM_STACK_HPP

#include <gopm/json.h>
#include <gopm/stack.h>
#include <gopm/value.hpp>
#include <new>

namespace gopm
{

/// A window of a deep stack, and GOPM_STACK_*. As gopm_stack_options.
struct stack_options {
	std::uint32_t flags = 0;
	std::uint32_t max_frames = 0;
	std::uint64_t first_frame = 0;
	std::uint32_t outer_frames = 0;
};

/// One frame. It keeps its stack. Its strings live as long as it, or the core.
class frame : public record::frame
{
      public:
	frame(const gopm_frame &from, std::shared_ptr<gopm_core> core, std::shared_ptr<gopm_stack> stack,
	      std::size_t index)
	    : record::frame(from), core_(std::move(core)), stack_(std::move(stack)), index_(index)
	{
	}

	/// The function as the source writes it, "main.(*T).M".
	std::string_view function() const noexcept
	{
		return location.function;
	}
	/// The index in its stack.
	std::size_t index() const noexcept
	{
		return index_;
	}
	/// Arguments, results and locals. GOPM_NOT_FOUND: the DWARF has no function at this pc.
	result<gopm::variables> try_variables(const value_options &wanted = {}) const
	{
		const gopm_value_options options = detail::c_options(wanted);
		return detail::read_variables(
		    detail::make<gopm_vars>(gopm_vars_free, stack_, "the DWARF has no function at this pc", nullptr,
		                            [&](gopm_vars **out, gopm_error **err) {
			                            return gopm_frame_vars(stack_.get(), index_, &options, out, err);
		                            }));
	}
	gopm::variables variables(const value_options &wanted = {}) const
	{
		return try_variables(wanted).value();
	}
	/// Evaluates a Go expression on this frame.
	result<value> try_eval(const std::string &expression, const value_options &wanted = {}) const
	{
		return detail::evaluate(core_, stack_, index_, expression, wanted);
	}
	value eval(const std::string &expression, const value_options &wanted = {}) const
	{
		return try_eval(expression, wanted).value();
	}
	/// The general registers; empty: they are not known.
	list<record::register_> registers() const
	{
		auto found = detail::listed<gopm_register>(
		    [&](gopm_register *records, std::size_t stride, std::size_t capacity, std::size_t *count) {
			    return gopm_frame_registers(stack_.get(), index_, records, stride, capacity, count);
		    });
		return detail::rows_of<record::register_>(found.value(), stack_);
	}

      private:
	std::shared_ptr<gopm_core> core_;
	std::shared_ptr<gopm_stack> stack_;
	std::size_t index_;
};

/// A stack, the innermost frame first. One thread at a time may use it, its frames and their values.
class stack : public list<frame>
{
      public:
	stack(std::vector<frame> frames, std::shared_ptr<gopm_stack> handle)
	    : list<frame>(std::move(frames), handle), handle_(std::move(handle))
	{
	}
	/// Why the stack ends, GOPM_STACK_END_*; names::stack_end() has words.
	std::uint32_t end_reason() const noexcept
	{
		return gopm_stack_end(handle_.get(), nullptr);
	}
	/// The address at which the unwinder stopped; 0: none.
	std::uint64_t end_address() const noexcept
	{
		std::uint64_t address = 0;
		gopm_stack_end(handle_.get(), &address);
		return address;
	}
	/// Frames that were left out at the inner end.
	std::uint64_t first() const noexcept
	{
		return gopm_stack_first(handle_.get());
	}
	/// Frames of the whole stack; 0: unknown, as it was not unwound to its end.
	std::uint64_t depth() const noexcept
	{
		return gopm_stack_depth(handle_.get());
	}

	/// JSON, with a list of frames as Delve's api.Stackframe: gopm_stack_json(). It has no variables.
	std::string json() const
	{
		std::string text;
		gopm_error *err = nullptr;
		const auto add = [](void *to, const char *data, std::size_t size) noexcept -> std::int32_t {
			try {
				static_cast<std::string *>(to)->append(data, size);
				return 0;
			} catch (...) {
				return 1;
			}
		};
		const gopm_status status =
		    gopm_stack_json(detail::opened(handle_, "stack"), nullptr, 0, add, &text, &err);
		if (status == GOPM_DONE)
			throw std::bad_alloc();
		if (status != GOPM_OK)
			throw error(status, err, "");
		return text;
	}

	/// The handle of the library, for its calls that have no form here.
	const std::shared_ptr<gopm_stack> &handle() const noexcept
	{
		return handle_;
	}

      private:
	std::shared_ptr<gopm_stack> handle_;
};

namespace detail
{

inline gopm_stack_options c_options(const stack_options &from)
{
	gopm_stack_options options;
	gopm_stack_options_init(&options, sizeof options);
	options.flags = from.flags;
	options.max_frames = from.max_frames;
	options.first_frame = from.first_frame;
	options.outer_frames = from.outer_frames;
	return options;
}

inline result<stack> open_stack(const std::shared_ptr<gopm_core> &core, const gopm_stack_options &options,
                                const std::string &missing)
{
	if (!core)
		return closed("core");
	auto made = make<gopm_stack>(gopm_stack_free, core, missing, nullptr, [&](gopm_stack **out, gopm_error **err) {
		return gopm_stack_open(core.get(), &options, out, err);
	});
	if (!made)
		return made.error();
	std::shared_ptr<gopm_stack> handle = std::move(made).value();
	std::vector<gopm_frame> records(gopm_stack_size(handle.get()));
	std::size_t got = 0;
	if (!records.empty()) {
		const gopm_status status =
		    gopm_stack_frames(handle.get(), 0, records.data(), sizeof(gopm_frame), records.size(), &got);
		if (status != GOPM_OK)
			return error(status);
	}
	std::vector<frame> frames;
	frames.reserve(got);
	for (std::size_t i = 0; i < got; i++)
		frames.emplace_back(records[i], core, handle, i);
	return stack(std::move(frames), std::move(handle));
}

} // namespace detail
} // namespace gopm

#endif
