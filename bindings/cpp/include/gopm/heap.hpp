/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gopm/heap.hpp
 * The heap: objects by type, what retains them, and why one is live.
 */
#ifndef GOPM_HEAP_HPP
#define GOPM_HEAP_HPP

#include <gopm/handle.hpp>
#include <gopm/heap.h>
#include <gopm/names.hpp>
#include <gopm/records.hpp>
#include <optional>

namespace gopm
{

/// Which objects to count. `type`: a glob for the whole name; empty: all. `live`: true: only live ones; false: only
/// garbage.
struct heap_filter {
	std::string type;
	std::optional<bool> live;
};

/// A shortest way of pointers to an object.
struct heap_path {
	std::string text;              ///< "main.sessions[2999].history[19]"
	list<record::heap_step> steps; ///< from the holder on
};

/// The marked heap of a core. Many threads may use it at once. Copies share it.
class heap
{
      public:
	explicit heap(std::shared_ptr<gopm_heap> handle) : handle_(std::move(handle))
	{
	}

	/// Totals in bytes and objects.
	record::heap_info info() const
	{
		gopm_heap_info about;
		about.struct_size = sizeof about;
		detail::check(gopm_heap_get_info(raw(), &about));
		return record::heap_info(about);
	}
	/// True if some live objects could not be read.
	bool is_partial() const
	{
		return (info().flags & GOPM_HEAP_INFO_PARTIAL) != 0;
	}
	/// Objects by type, those with most bytes first.
	list<record::heap_type> histogram(const heap_filter &wanted = {}) const
	{
		gopm_heap *self = raw();
		const gopm_heap_filter options = c_options(wanted);
		auto made = detail::make<gopm_heap_type_iter>(
		    gopm_heap_type_iter_free, handle_, {}, nullptr, [&](gopm_heap_type_iter **out, gopm_error **err) {
			    return gopm_heap_type_iter_open(self, &options, out, err);
		    });
		return detail::drained<record::heap_type>(
		    std::move(made).value(), gopm_heap_type_iter_next, nullptr,
		    [](const gopm_heap_type &row) { return record::heap_type(row); });
	}
	/// Objects by address. Their strings live as long as the heap or the stream.
	stream<record::heap_object> objects(const heap_filter &wanted = {}) const
	{
		gopm_heap *self = raw();
		const gopm_heap_filter options = c_options(wanted);
		auto made = detail::make<gopm_heap_object_iter>(gopm_heap_object_iter_free, handle_, {}, nullptr,
		                                                [&](gopm_heap_object_iter **out, gopm_error **err) {
			                                                return gopm_heap_object_iter_open(
			                                                    self, &options, out, err);
		                                                });
		return stream<record::heap_object>([it = std::move(made).value(),
		                                    buffer = std::vector<gopm_heap_object>()](auto &rows) mutable {
			return detail::next_rows(it.get(), gopm_heap_object_iter_next, rows, buffer, nullptr,
			                         [](const gopm_heap_object &row) { return record::heap_object(row); });
		});
	}
	/// The object that contains an address.
	result<record::heap_object> try_object_at(std::uint64_t address) const
	{
		if (!handle_)
			return detail::closed("heap");
		gopm_heap_object object;
		const gopm_status status = gopm_heap_object_at(handle_.get(), address, &object, sizeof object);
		if (status != GOPM_OK)
			return error(status, "no object is at this address", address);
		return record::heap_object(object);
	}
	record::heap_object object_at(std::uint64_t address) const
	{
		return try_object_at(address).value();
	}
	/// What would become garbage without each holder, the largest first. The first call computes the dominator
	/// tree. `by`: GOPM_HEAP_BY_*. Names live as long as the list.
	list<record::heap_node> retained(std::uint32_t by = GOPM_HEAP_BY_HOLDER, progress callback = nullptr) const
	{
		gopm_heap *self = raw();
		detail::watch watched(std::move(callback));
		const gopm_heap_options options = c_options(watched);
		auto made = detail::make<gopm_heap_node_iter>(
		    gopm_heap_node_iter_free, handle_, {}, &watched, [&](gopm_heap_node_iter **out, gopm_error **err) {
			    return gopm_heap_node_iter_open(self, by, &options, out, err);
		    });
		return detail::drained<record::heap_node>(
		    std::move(made).value(), gopm_heap_node_iter_next, nullptr,
		    [](const gopm_heap_node &row) { return record::heap_node(row); });
	}
	/// What retains at least `percent` of the live bytes.
	list<record::heap_suspect> suspects(std::uint32_t percent = 10, progress callback = nullptr) const
	{
		gopm_heap *self = raw();
		detail::watch watched(std::move(callback));
		const gopm_heap_options options = c_options(watched);
		gopm_error *err = nullptr;
		auto found = detail::listed<gopm_heap_suspect>(
		    [&](gopm_heap_suspect *records, std::size_t stride, std::size_t capacity, std::size_t *count) {
			    gopm_error_free(err);
			    return gopm_heap_suspects(self, percent, &options, records, stride, capacity, count, &err);
		    });
		const error problem(found.status(), err, {});
		watched.check();
		if (!found)
			throw problem;
		return detail::rows_of<record::heap_suspect>(found.value(), handle_);
	}
	/// A shortest way of pointers to the object at an address: why it is live. GOPM_NOT_FOUND: nothing holds it.
	result<heap_path> try_path(std::uint64_t address) const
	{
		if (!handle_)
			return detail::closed("heap");
		auto made = detail::make<gopm_heap_path>(
		    gopm_heap_path_free, handle_, "no object is at this address, or nothing holds it", nullptr,
		    [&](gopm_heap_path **out, gopm_error **err) {
			    return gopm_heap_path_open(handle_.get(), address, out, err);
		    });
		if (!made)
			return made.error();
		gopm_heap_path *path = made.value().get();
		auto found = detail::listed<gopm_heap_step>(
		    [=](gopm_heap_step *records, std::size_t stride, std::size_t capacity, std::size_t *count) {
			    return gopm_heap_path_steps(path, records, stride, capacity, count);
		    });
		if (!found)
			return found.error();
		return heap_path{std::string(record::view(gopm_heap_path_text(path))),
		                 detail::rows_of<record::heap_step>(*found, handle_)};
	}
	heap_path path(std::uint64_t address) const
	{
		return try_path(address).value();
	}

	/// The handle of the library; NULL if it is closed.
	const std::shared_ptr<gopm_heap> &handle() const noexcept
	{
		return handle_;
	}
	/// Releases it; copies, lists and streams keep it.
	void close() noexcept
	{
		handle_.reset();
	}

	/// For gopm::core.
	static gopm_heap_options c_options(detail::watch &watched) noexcept
	{
		gopm_heap_options options;
		gopm_heap_options_init(&options, sizeof options);
		watched.put(options);
		return options;
	}

      private:
	gopm_heap *raw() const
	{
		return detail::opened(handle_, "heap");
	}
	static gopm_heap_filter c_options(const heap_filter &from)
	{
		gopm_heap_filter options;
		gopm_heap_filter_init(&options, sizeof options);
		options.type = detail::optional_text(from.type);
		if (from.live)
			options.flags |= *from.live ? GOPM_HEAP_FILTER_LIVE : GOPM_HEAP_FILTER_GARBAGE;
		return options;
	}

	std::shared_ptr<gopm_heap> handle_;
};

} // namespace gopm

#endif
