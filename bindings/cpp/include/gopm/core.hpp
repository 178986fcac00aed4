/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gopm/core.hpp
 * An open core.
 */
#ifndef GOPM_CORE_HPP
#define GOPM_CORE_HPP

#include <gopm/build.h>
#include <gopm/core.h>
#include <gopm/eval.h>
#include <gopm/goroutine.hpp>
#include <gopm/module.h>
#include <gopm/traceback.h>
#include <gopm/why.hpp>

namespace gopm
{

/// Reads up to `size` bytes at `offset` of a file into `buffer`; returns how many. Fewer are the end of the file. If it
/// throws while a core is opened, the call throws that; later the read fails with GOPM_ERR_IO. Many threads may call
/// it.
using reader = std::function<std::size_t(std::uint64_t offset, void *buffer, std::size_t size)>;

/// The sources of a core and its executable, and limits: gopm_core_options. Set one source of the core, and at most one
/// of the executable.
struct open_options {
	std::string core_path, exe_path;
	/// The whole file in memory: keep it until all that is made from the core is released.
	std::string_view core_data, exe_data;
	reader core_read, exe_read;
	std::uint64_t core_read_size = 0, exe_read_size = 0; ///< bytes of the files that these read
	int core_fd = -1, exe_fd = -1;
	std::uint32_t pid = 0;   ///< a live process instead of a core
	std::uint32_t flags = 0; ///< GOPM_OPEN_*
	std::string sysroot, temporary_folder;
	std::uint64_t max_unpacked_size = 0, max_unpacked_disk = 0, max_unpacked_memory = 0, max_section_size = 0;
	std::uint32_t max_unpacked_ratio = 0;
	std::uint64_t max_goroutines = 0;
	std::uint32_t max_frames = 0, max_findings = 0;
	gopm::progress progress;
};

/// Which goroutines a traceback has, and how: gopm_traceback_options.
struct traceback_options {
	std::uint32_t level = GOPM_TRACEBACK_ALL;
	std::uint32_t flags = 0;
	std::uint64_t goroutine = 0; ///< only this one; 0: all
};

namespace detail
{

/// A reader, and what it threw.
struct source {
	reader read;
	std::exception_ptr problem;

	static std::int64_t call(void *user_data, std::uint64_t offset, void *buffer, std::size_t size) noexcept
	{
		source *self = static_cast<source *>(user_data);
		try {
			const std::size_t got = self->read(offset, buffer, size);
			return got <= size ? static_cast<std::int64_t>(got) : -1;
		} catch (...) {
			self->problem = std::current_exception();
			return -1;
		}
	}
};

/// What the library calls as long as a core is open. One call at a time: the library sees to it.
struct sources {
	source core, exe;
};

} // namespace detail

/**
 * An open core. Many threads may use it. Copies share it, and all that is made from it keeps it: strings of records
 * live until the last of them is gone.
 */
class core
{
      public:
	/// Opens a core by its path; an empty `exe`: the library searches for the executable.
	explicit core(const std::string &path, const std::string &exe = {}) : core(try_open(path, exe).value())
	{
	}
	explicit core(const open_options &options) : core(try_open(options).value())
	{
	}
	static result<core> try_open(const std::string &path, const std::string &exe = {})
	{
		open_options options;
		options.core_path = path;
		options.exe_path = exe;
		return try_open(options);
	}
	static result<core> try_open(const open_options &from)
	{
		detail::watch watched(from.progress);
		auto keep = std::make_shared<detail::sources>();
		gopm_core_options options;
		try {
			options = c_options(from, *keep, watched);
		} catch (const error &problem) {
			return problem;
		}
		gopm_status status = GOPM_OK;
		auto made = detail::make<gopm_core>(gopm_core_close, keep, {}, &watched,
		                                    [&](gopm_core **out, gopm_error **err) {
			                                    status = gopm_core_open(&options, out, err);
			                                    return status;
		                                    });
		for (detail::source *each : {&keep->core, &keep->exe})
			if (status != GOPM_OK && each->problem)
				std::rethrow_exception(each->problem);
		if (!made)
			return made.error();
		return core(std::move(made).value());
	}

	/// Facts that need no scan.
	record::core_info info() const
	{
		gopm_core_info about;
		about.struct_size = sizeof about;
		detail::check(gopm_core_get_info(raw(), &about));
		return record::core_info(about);
	}
	/// How the executable was built; nothing: it does not say.
	std::optional<record::build_info> build() const
	{
		gopm_build_info about;
		about.struct_size = sizeof about;
		const gopm_status status = gopm_core_build_info(raw(), &about);
		if (status == GOPM_NOT_FOUND)
			return std::nullopt;
		detail::check(status);
		return record::build_info(about);
	}
	/// Flags of `go build`, and facts of the version control system.
	list<record::build_setting> build_settings() const
	{
		return all<record::build_setting>(gopm_build_settings);
	}
	/// The modules that the executable was built with.
	list<record::build_module> dependencies() const
	{
		return all<record::build_module>(gopm_build_dependencies);
	}

	/// The goroutines that match, in the order of runtime.allgs: for (const gopm::goroutine &g :
	/// core.goroutines()).
	stream<gopm::goroutine> goroutines(filter wanted = {}) const
	{
		struct reading {
			std::shared_ptr<gopm_core> core;
			detail::watch watched;
			std::shared_ptr<gopm_goroutine_iter> it;
			std::vector<gopm_goroutine> buffer;

			reading(std::shared_ptr<gopm_core> from, progress callback)
			    : core(std::move(from)), watched(std::move(callback))
			{
			}
		};
		raw();
		auto self = std::make_shared<reading>(handle_, wanted.progress);
		const gopm_goroutine_filter options = detail::c_options(wanted, self->watched);
		self->it = detail::make<gopm_goroutine_iter>(gopm_goroutine_iter_free, handle_, {}, &self->watched,
		                                             [&](gopm_goroutine_iter **out, gopm_error **err) {
			                                             return gopm_goroutine_iter_open(
			                                                 handle_.get(), &options, out, err);
		                                             })
		               .value();
		return stream<gopm::goroutine>([self](std::vector<gopm::goroutine> &rows) {
			return detail::next_rows(
			    self->it.get(), gopm_goroutine_iter_next, rows, self->buffer, &self->watched,
			    [&](const gopm_goroutine &g) { return gopm::goroutine(g, self->core); });
		});
	}
	/// The goroutine with an id; GOPM_NOT_FOUND: there is none.
	result<gopm::goroutine> try_goroutine(std::uint64_t id) const
	{
		return one(gopm_goroutine_by_id, id);
	}
	gopm::goroutine goroutine(std::uint64_t id) const
	{
		return try_goroutine(id).value();
	}
	/// The goroutine whose runtime.g is at an address.
	result<gopm::goroutine> try_goroutine_at(std::uint64_t address) const
	{
		return one(gopm_goroutine_by_address, address);
	}
	gopm::goroutine goroutine_at(std::uint64_t address) const
	{
		return try_goroutine_at(address).value();
	}
	/// Counts goroutines by a key, the largest group first. `by`: GOPM_GROUP_*. `label`: for GOPM_GROUP_LABEL.
	list<record::group> groups(std::uint32_t by = GOPM_GROUP_USER, const filter &wanted = {},
	                           const std::string &label = {}) const
	{
		gopm_core *self = raw();
		detail::watch watched(wanted.progress);
		const gopm_goroutine_filter options = detail::c_options(wanted, watched);
		const char *key = detail::optional_text(label);
		auto made = detail::make<gopm_group_iter>(
		    gopm_group_iter_free, handle_, {}, &watched, [&](gopm_group_iter **out, gopm_error **err) {
			    return gopm_group_iter_open(self, by, key, &options, out, err);
		    });
		return detail::drained<record::group>(std::move(made).value(), gopm_group_iter_next, nullptr,
		                                      [](const gopm_group &group) { return record::group(group); });
	}
	/// The stack of a goroutine.
	result<gopm::stack> try_stack(std::uint64_t goroutine, const stack_options &wanted = {}) const
	{
		gopm_stack_options options = detail::c_options(wanted);
		options.goroutine_id = goroutine;
		return detail::open_stack(handle_, options, "no goroutine " + std::to_string(goroutine));
	}
	gopm::stack stack(std::uint64_t goroutine, const stack_options &wanted = {}) const
	{
		return try_stack(goroutine, wanted).value();
	}
	/// The threads, in the order of the core.
	list<gopm::thread> threads() const
	{
		return every<gopm::thread>(gopm_thread_iter_open, gopm_thread_iter_next, gopm_thread_iter_free,
		                           [this](const gopm_thread &row) { return gopm::thread(row, handle_); });
	}
	/// The memory mappings by address.
	list<record::mapping> mappings() const
	{
		return every<record::mapping>(gopm_mapping_iter_open, gopm_mapping_iter_next, gopm_mapping_iter_free,
		                              [](const gopm_mapping &row) { return record::mapping(row); });
	}
	/// The program, its shared libraries and the vDSO.
	list<record::module> modules() const
	{
		return every<record::module>(gopm_module_iter_open, gopm_module_iter_next, gopm_module_iter_free,
		                             [](const gopm_module &row) { return record::module(row); });
	}
	/// Damage and missing data that was found so far.
	list<record::finding> findings() const
	{
		return every<record::finding>(gopm_finding_iter_open, gopm_finding_iter_next, gopm_finding_iter_free,
		                              [](const gopm_finding &row) { return record::finding(row); });
	}

	/// Evaluates a Go expression on package variables. frame::eval() has variables of a frame too.
	result<value> try_eval(const std::string &expression, const value_options &wanted = {}) const
	{
		return detail::evaluate(handle_, nullptr, 0, expression, wanted);
	}
	value eval(const std::string &expression, const value_options &wanted = {}) const
	{
		return try_eval(expression, wanted).value();
	}
	/// Package variables whose full names match a glob: "main.*".
	gopm::variables variables(const std::string &glob, const value_options &wanted = {}) const
	{
		gopm_core *self = raw();
		const char *name = detail::c_text(glob);
		const gopm_value_options options = detail::c_options(wanted);
		return detail::read_variables(detail::make<gopm_vars>(gopm_vars_free, handle_, {}, nullptr,
		                                                      [&](gopm_vars **out, gopm_error **err) {
			                                                      return gopm_package_vars(
			                                                          self, name, &options, out, err);
		                                                      }))
		    .value();
	}

	/// Why the program hangs.
	result<gopm::why> try_why(const why_options &wanted = {}) const
	{
		if (!handle_)
			return detail::closed("core");
		if (wanted.heap && !wanted.heap->handle())
			return detail::closed("heap");
		detail::watch watched(wanted.progress);
		gopm_why_options options;
		gopm_why_options_init(&options, sizeof options);
		options.flags = wanted.flags;
		options.heap = wanted.heap ? wanted.heap->handle().get() : nullptr;
		watched.put(options);
		auto made = detail::make<gopm_why>(
		    gopm_why_close, handle_, {}, &watched,
		    [&](gopm_why **out, gopm_error **err) { return gopm_why_open(handle_.get(), &options, out, err); });
		if (!made)
			return made.error();
		return gopm::why(std::move(made).value());
	}
	gopm::why why(const why_options &wanted = {}) const
	{
		return try_why(wanted).value();
	}
	/// The heap, marked. GOPM_NOT_FOUND: the core does not have it; a finding says why.
	result<gopm::heap> try_heap(progress callback = nullptr) const
	{
		if (!handle_)
			return detail::closed("core");
		detail::watch watched(std::move(callback));
		const gopm_heap_options options = gopm::heap::c_options(watched);
		auto made = detail::make<gopm_heap>(gopm_heap_close, handle_, "the core does not have the heap",
		                                    &watched, [&](gopm_heap **out, gopm_error **err) {
			                                    return gopm_heap_open(handle_.get(), &options, out, err);
		                                    });
		if (!made)
			return made.error();
		return gopm::heap(std::move(made).value());
	}
	gopm::heap heap(progress callback = nullptr) const
	{
		return try_heap(std::move(callback)).value();
	}

	/// Memory of the process. GOPM_ERR_MISSING_MEMORY: the core lacks a part, from error::address() on.
	result<std::vector<unsigned char>> try_memory(std::uint64_t address, std::size_t size) const
	{
		if (!handle_)
			return detail::closed("core");
		// Grows with what is there, so that a wrong size takes no memory.
		constexpr std::size_t chunk = 1 << 20;
		std::vector<unsigned char> bytes;
		while (bytes.size() < size) {
			const std::size_t at = bytes.size();
			const std::size_t part = size - at < chunk ? size - at : chunk;
			std::size_t got = 0;
			bytes.resize(at + part);
			const gopm_status status =
			    gopm_memory_read(handle_.get(), address + at, bytes.data() + at, part, &got);
			if (status != GOPM_OK)
				return error(status, "the core lacks memory of the process", address + at + got);
		}
		return bytes;
	}
	std::vector<unsigned char> memory(std::uint64_t address, std::size_t size) const
	{
		return try_memory(address, size).value();
	}
	/// The functions at a pc, the innermost inlined call first; empty: it is not in Go.
	list<record::location> symbolize(std::uint64_t pc) const
	{
		gopm_core *self = raw();
		auto found = detail::listed<gopm_location>(
		    [=](gopm_location *records, std::size_t stride, std::size_t capacity, std::size_t *count) {
			    return gopm_symbolize(self, pc, records, stride, capacity, count);
		    });
		return detail::rows_of<record::location>(found.value(), handle_);
	}

	/// Writes the runtime's own traceback in pieces. What `write` throws, the call throws.
	void traceback(const traceback_options &wanted, const std::function<void(std::string_view)> &write) const
	{
		struct sink {
			const std::function<void(std::string_view)> &write;
			std::exception_ptr problem;

			static std::int32_t call(void *user_data, const char *data, std::size_t size) noexcept
			{
				sink *self = static_cast<sink *>(user_data);
				try {
					self->write({data, size});
					return 0;
				} catch (...) {
					self->problem = std::current_exception();
					return 1;
				}
			}
		};
		gopm_core *self = raw();
		sink to{write, nullptr};
		gopm_traceback_options options;
		gopm_traceback_options_init(&options, sizeof options);
		options.level = wanted.level;
		options.flags = wanted.flags;
		options.goroutine_id = wanted.goroutine;
		gopm_error *err = nullptr;
		const gopm_status status = gopm_traceback(self, &options, sink::call, &to, &err);
		const error problem(status, err, "no goroutine " + std::to_string(wanted.goroutine));
		if (to.problem)
			std::rethrow_exception(to.problem);
		if (status != GOPM_OK)
			throw problem;
	}
	/// The runtime's own traceback.
	std::string traceback(const traceback_options &wanted = {}) const
	{
		std::string text;
		traceback(wanted, [&](std::string_view piece) { text.append(piece); });
		return text;
	}

	/// The handle of the library, for its calls that have no form here; NULL if it is closed.
	const std::shared_ptr<gopm_core> &handle() const noexcept
	{
		return handle_;
	}
	/// Releases it; copies, and what was made from it, keep it.
	void close() noexcept
	{
		handle_.reset();
	}

      private:
	explicit core(std::shared_ptr<gopm_core> handle) : handle_(std::move(handle))
	{
	}
	gopm_core *raw() const
	{
		return detail::opened(handle_, "core");
	}
	template <class Row, class Record>
	list<Row> all(gopm_status (*call)(gopm_core *, Record *, std::size_t, std::size_t, std::size_t *)) const
	{
		gopm_core *self = raw();
		auto found = detail::listed<Record>(
		    [=](Record *records, std::size_t stride, std::size_t capacity, std::size_t *count) {
			    return call(self, records, stride, capacity, count);
		    });
		return detail::rows_of<Row>(found.value(), handle_);
	}
	template <class Row, class Record, class Iter, class Make>
	list<Row> every(gopm_status (*open)(gopm_core *, Iter **, gopm_error **),
	                gopm_status (*next)(Iter *, Record *, std::size_t, std::size_t, std::size_t *),
	                void (*free)(Iter *), Make row) const
	{
		gopm_core *self = raw();
		auto made = detail::make<Iter>(free, handle_, {}, nullptr,
		                               [=](Iter **out, gopm_error **err) { return open(self, out, err); });
		return detail::drained<Row>(std::move(made).value(), next, nullptr, row);
	}
	result<gopm::goroutine> one(gopm_status (*find)(gopm_core *, std::uint64_t, gopm_goroutine *, std::size_t,
	                                                gopm_error **),
	                            std::uint64_t number) const
	{
		if (!handle_)
			return detail::closed("core");
		gopm_goroutine found;
		gopm_error *err = nullptr;
		const gopm_status status = find(handle_.get(), number, &found, sizeof found, &err);
		if (status != GOPM_OK)
			return error(status, err, "no goroutine " + std::to_string(number));
		return gopm::goroutine(found, handle_);
	}
	static gopm_core_options c_options(const open_options &from, detail::sources &keep, detail::watch &watched)
	{
		gopm_core_options options;
		gopm_core_options_init(&options, sizeof options);
		options.core_path = detail::optional_text(from.core_path);
		options.exe_path = detail::optional_text(from.exe_path);
		options.core_data = from.core_data.data();
		options.core_size = from.core_data.size();
		options.exe_data = from.exe_data.data();
		options.exe_size = from.exe_data.size();
		if (from.core_read) {
			keep.core.read = from.core_read;
			options.core_read = detail::source::call;
			options.core_user_data = &keep.core;
			options.core_read_size = from.core_read_size;
		}
		if (from.exe_read) {
			keep.exe.read = from.exe_read;
			options.exe_read = detail::source::call;
			options.exe_user_data = &keep.exe;
			options.exe_read_size = from.exe_read_size;
		}
		options.core_fd = from.core_fd;
		options.exe_fd = from.exe_fd;
		options.core_pid = from.pid;
		options.flags = from.flags;
		options.sysroot = detail::optional_text(from.sysroot);
		options.temporary_folder = detail::optional_text(from.temporary_folder);
		options.max_unpacked_size = from.max_unpacked_size;
		options.max_unpacked_disk = from.max_unpacked_disk;
		options.max_unpacked_memory = from.max_unpacked_memory;
		options.max_unpacked_ratio = from.max_unpacked_ratio;
		options.max_section_size = from.max_section_size;
		options.max_goroutines = from.max_goroutines;
		options.max_frames = from.max_frames;
		options.max_findings = from.max_findings;
		watched.put(options);
		return options;
	}

	std::shared_ptr<gopm_core> handle_;
};

} // namespace gopm

#endif
