/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gopm/why.hpp
 * Why a program hangs: findings, whom to blame, leaks.
 */
#ifndef GOPM_WHY_HPP
#define GOPM_WHY_HPP

#include <gopm/heap.hpp>
#include <gopm/why.h>

namespace gopm
{

/// Options of core::why().
struct why_options {
	std::uint32_t flags = 0;        ///< GOPM_WHY_FLAG_*
	std::optional<gopm::heap> heap; ///< of the same core, to be used
	gopm::progress progress;
};

/// One thing that is wrong: goroutines that are stuck or slow together. It keeps the analysis.
class why_finding : public record::why_finding
{
      public:
	why_finding(const gopm_why_finding &from, std::shared_ptr<gopm_why> why, std::size_t index)
	    : record::why_finding(from), why_(std::move(why)), index_(index)
	{
	}

	/// The goroutines that wait.
	list<record::why_waiter> waiting() const
	{
		return all<record::why_waiter>(gopm_why_waiters);
	}
	/// The goroutines to blame; empty: they are gone.
	list<record::why_waiter> to_blame() const
	{
		return all<record::why_waiter>(gopm_why_blamed);
	}
	/// The objects that they wait for.
	list<record::object> waited_for() const
	{
		return all<record::object>(gopm_why_objects);
	}
	/// Who waits for which object; those of the cycle first.
	list<record::why_edge> waits() const
	{
		return all<record::why_edge>(gopm_why_edges);
	}
	/// The ids of the goroutines that could end the wait of an edge.
	std::vector<std::uint64_t> edge_targets(std::size_t edge) const
	{
		return detail::listed<std::uint64_t>(
		           [&](std::uint64_t *ids, std::size_t, std::size_t capacity, std::size_t *count) {
			           return gopm_why_edge_targets(why_.get(), index_, edge, ids, capacity, count);
		           })
		    .value();
	}

      private:
	template <class Row, class Why, class Record>
	list<Row> all(gopm_status (*call)(Why *, std::size_t, Record *, std::size_t, std::size_t, std::size_t *)) const
	{
		auto found = detail::listed<Record>(
		    [&](Record *records, std::size_t stride, std::size_t capacity, std::size_t *count) {
			    return call(why_.get(), index_, records, stride, capacity, count);
		    });
		return detail::rows_of<Row>(found.value(), why_);
	}

	std::shared_ptr<gopm_why> why_;
	std::size_t index_;
};

/// The analysis. Many threads may use it at once. Copies share it.
class why
{
      public:
	explicit why(std::shared_ptr<gopm_why> handle) : handle_(std::move(handle))
	{
	}

	/// It in numbers.
	record::why_info info() const
	{
		gopm_why_info about;
		about.struct_size = sizeof about;
		detail::check(gopm_why_get_info(detail::opened(handle_, "analysis"), &about));
		return record::why_info(about);
	}
	/// GOPM_VERDICT_* of the first finding that is certain or likely; names::verdict() has words.
	std::uint32_t verdict() const
	{
		return info().verdict;
	}
	/// What is wrong, the worst first.
	list<why_finding> findings() const
	{
		const std::vector<gopm_why_finding> records = read<gopm_why_finding>(gopm_why_findings);
		std::vector<why_finding> rows;
		for (std::size_t i = 0; i < records.size(); i++)
			rows.emplace_back(records[i], handle_, i);
		return {std::move(rows), handle_};
	}
	/// The goroutines that hold locks which others wait for.
	list<record::why_holder> holders() const
	{
		return detail::rows_of<record::why_holder>(read<gopm_why_holder>(gopm_why_holders), handle_);
	}
	/// The goroutines that are leaked, then those that are suspects.
	list<record::leak> leaks() const
	{
		return detail::rows_of<record::leak>(read<gopm_leak>(gopm_why_leaks), handle_);
	}
	/// The same by birthplace.
	list<record::leak_group> leak_groups() const
	{
		return detail::rows_of<record::leak_group>(read<gopm_leak_group>(gopm_why_leak_groups), handle_);
	}
	/// The chain of waits from a goroutine on; GOPM_NOT_FOUND: no such goroutine.
	result<list<record::why_step>> try_chain(std::uint64_t goroutine) const
	{
		if (!handle_)
			return detail::closed("analysis");
		gopm_why *self = handle_.get();
		bool missing = false;
		auto found = detail::listed<gopm_why_step>([&](gopm_why_step *records, std::size_t stride,
		                                               std::size_t capacity, std::size_t *count) {
			const gopm_status status = gopm_why_chain(self, goroutine, records, stride, capacity, count);
			missing = status == GOPM_NOT_FOUND;
			return status;
		});
		if (!found)
			return found.error();
		if (missing)
			return error(GOPM_NOT_FOUND, "no goroutine " + std::to_string(goroutine));
		return detail::rows_of<record::why_step>(*found, handle_);
	}
	list<record::why_step> chain(std::uint64_t goroutine) const
	{
		return try_chain(goroutine).value();
	}
	/// All findings in words: "1. deadlock, likely: ...".
	std::string text() const
	{
		std::string all;
		std::size_t number = 0;
		for (const why_finding &finding : findings())
			all.append(std::to_string(++number))
			    .append(". ")
			    .append(names::verdict(finding.verdict))
			    .append(", ")
			    .append(names::certainty(finding.certainty))
			    .append(": ")
			    .append(finding.text)
			    .append("\n");
		return all.empty() ? "healthy\n" : all;
	}
	/// Releases it; copies, findings and lists keep it.
	void close() noexcept
	{
		handle_.reset();
	}

      private:
	template <class Record, class Why>
	std::vector<Record> read(gopm_status (*call)(Why *, Record *, std::size_t, std::size_t, std::size_t *)) const
	{
		gopm_why *self = detail::opened(handle_, "analysis");
		return detail::listed<Record>(
		           [&](Record *records, std::size_t stride, std::size_t capacity, std::size_t *count) {
			           return call(self, records, stride, capacity, count);
		           })
		    .value();
	}

	std::shared_ptr<gopm_why> handle_;
};

} // namespace gopm

#endif
