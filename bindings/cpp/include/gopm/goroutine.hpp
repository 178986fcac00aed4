/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gopm/goroutine.hpp
 * Goroutines, and conditions on them.
 */
#ifndef GOPM_GOROUTINE_HPP
#define GOPM_GOROUTINE_HPP

#include <chrono>
#include <gopm/goroutine.h>
#include <gopm/json.h>
#include <gopm/stack.hpp>
#include <optional>

namespace gopm
{

/// Conditions on goroutines; all must hold. A text is a glob for the whole name: "*chan*", not "chan". Empty texts and
/// zeroes are no conditions.
struct filter {
	std::string user;    ///< function of the innermost frame outside the runtime
	std::string start;   ///< function of the go statement
	std::string go;      ///< function that has the go statement
	std::string current; ///< function of the innermost frame
	std::string status;  ///< "waiting"
	std::string reason;  ///< wait reason, "chan send"
	std::string label_key, label_value;
	std::uint64_t id = 0;
	std::uint64_t address = 0; ///< of the runtime.g
	std::uint64_t thread = 0;  ///< kernel thread id
	std::uint64_t object = 0;  ///< address of an object that it waits on
	std::uint64_t stack_id = 0;
	std::vector<std::uint64_t> ids;        ///< in ascending order
	std::chrono::nanoseconds waiting{};    ///< that it waits at least
	std::optional<bool> system;            ///< true: only goroutines of the runtime; false: none of them
	bool dead = false;                     ///< dead ones too
	std::uint32_t flags = 0;               ///< other GOPM_FILTER_*
	std::uint32_t fields = GOPM_FIELD_ALL; ///< the parts to read, GOPM_FIELD_*
	gopm::progress progress;               ///< called while they are read
};

namespace detail
{

/// The options of C, which point into `from` and `watched`.
inline gopm_goroutine_filter c_options(const filter &from, watch &watched)
{
	gopm_goroutine_filter options;
	gopm_goroutine_filter_init(&options, sizeof options);
	options.flags |= from.flags;
	options.fields = from.fields;
	options.user = optional_text(from.user);
	options.start = optional_text(from.start);
	options.go = optional_text(from.go);
	options.current = optional_text(from.current);
	options.status = optional_text(from.status);
	options.wait_reason = optional_text(from.reason);
	options.label_key = optional_text(from.label_key);
	options.label_value = optional_text(from.label_value);
	options.id = from.id;
	options.address = from.address;
	options.thread_id = from.thread;
	options.wait_object = from.object;
	options.stack_id = from.stack_id;
	options.ids = from.ids.empty() ? nullptr : from.ids.data();
	options.id_count = from.ids.size();
	options.min_wait_time = from.waiting.count();
	if (from.system)
		options.flags |= *from.system ? GOPM_FILTER_ONLY_SYSTEM : GOPM_FILTER_NO_SYSTEM;
	if (from.dead)
		options.flags |= GOPM_FILTER_DEAD;
	watched.put(options);
	return options;
}

} // namespace detail

/// One goroutine. It keeps the core, and its strings live as long as the core.
class goroutine : public record::goroutine
{
      public:
	goroutine(const gopm_goroutine &from, std::shared_ptr<gopm_core> core)
	    : record::goroutine(from), core_(std::move(core))
	{
	}

	/// How long it waits, an estimate; 0: unknown.
	std::chrono::nanoseconds waiting() const noexcept
	{
		return std::chrono::nanoseconds(wait_time);
	}
	/// True if it is a goroutine of the runtime.
	bool is_system() const noexcept
	{
		return (flags & GOPM_G_FLAG_SYSTEM) != 0;
	}
	/// True if a part of it could not be read.
	bool is_partial() const noexcept
	{
		return (flags & GOPM_G_FLAG_PARTIAL) != 0;
	}
	/// The objects that it waits on: several in a select.
	list<record::wait> waits() const
	{
		auto found = detail::listed<gopm_wait>(
		    [&](gopm_wait *records, std::size_t stride, std::size_t capacity, std::size_t *count) {
			    return gopm_goroutine_waits(core_.get(), address, records, stride, capacity, count);
		    });
		return detail::rows_of<record::wait>(found.value(), core_);
	}
	/// Its pprof labels.
	list<record::label> labels() const
	{
		auto found = detail::listed<gopm_label>(
		    [&](gopm_label *records, std::size_t stride, std::size_t capacity, std::size_t *count) {
			    return gopm_goroutine_labels(core_.get(), address, records, stride, capacity, count);
		    });
		return detail::rows_of<record::label>(found.value(), core_);
	}
	/// Its stack.
	result<gopm::stack> try_stack(const stack_options &wanted = {}) const
	{
		gopm_stack_options options = detail::c_options(wanted);
		options.goroutine_address = address;
		return detail::open_stack(core_, options, "no goroutine " + std::to_string(id));
	}
	gopm::stack stack(const stack_options &wanted = {}) const
	{
		return try_stack(wanted).value();
	}
	/// JSON, as Delve's api.Goroutine and more: gopm_goroutine_json(). It is read again; a dead one has none.
	std::string json() const
	{
		gopm_goroutine record;
		gopm_error *err = nullptr;
		const gopm_status found = gopm_goroutine_by_address(core_.get(), address, &record, sizeof record, &err);
		if (found != GOPM_OK)
			throw error(found, err, "no goroutine " + std::to_string(id));
		return detail::formatted([&](char *buffer, std::size_t size, std::size_t *length) {
			return gopm_goroutine_json(core_.get(), &record, sizeof record, 0, buffer, size, length);
		});
	}

      private:
	std::shared_ptr<gopm_core> core_;
};

/// One thread. It keeps the core.
class thread : public record::thread
{
      public:
	thread(const gopm_thread &from, std::shared_ptr<gopm_core> core) : record::thread(from), core_(std::move(core))
	{
	}

	/// Its general registers.
	list<record::register_> registers() const
	{
		auto found = detail::listed<gopm_register>(
		    [&](gopm_register *records, std::size_t stride, std::size_t capacity, std::size_t *count) {
			    return gopm_thread_registers(core_.get(), id, records, stride, capacity, count);
		    });
		return detail::rows_of<record::register_>(found.value(), core_);
	}
	/// Its stack, from its registers on.
	gopm::stack stack(const stack_options &wanted = {}) const
	{
		gopm_stack_options options = detail::c_options(wanted);
		options.thread_id = id;
		return detail::open_stack(core_, options, "no thread " + std::to_string(id)).value();
	}

      private:
	std::shared_ptr<gopm_core> core_;
};

} // namespace gopm

#endif
