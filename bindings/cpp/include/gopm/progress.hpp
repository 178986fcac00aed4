/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gopm/progress.hpp
 * Progress of long calls.
 */
#ifndef GOPM_PROGRESS_HPP
#define GOPM_PROGRESS_HPP

#include <cstdint>
#include <exception>
#include <functional>
#include <utility>

namespace gopm
{

/// A long call makes it every few milliseconds, on its own thread: a phase (names::progress), what is done, and all
/// there is (0: unknown). If it returns false, the call fails with GOPM_ERR_CANCELLED. What it throws, the call throws.
using progress = std::function<bool(std::uint32_t phase, std::uint64_t done, std::uint64_t total)>;

namespace detail
{

/// The callback of one call, or of one iterator. An exception must not pass through the library: it is kept.
class watch
{
      public:
	explicit watch(progress callback) : callback_(std::move(callback))
	{
	}
	watch(const watch &) = delete;
	watch &operator=(const watch &) = delete;

	/// Sets the callback of options, which must not outlive this object.
	template <class Options> void put(Options &options) noexcept
	{
		if (!callback_)
			return;
		options.progress = report;
		options.progress_user_data = this;
	}
	/// Throws what the callback threw.
	void check()
	{
		if (problem_)
			std::rethrow_exception(std::exchange(problem_, nullptr));
	}

      private:
	static std::int32_t report(void *user_data, std::uint32_t phase, std::uint64_t done,
	                           std::uint64_t total) noexcept
	{
		watch *self = static_cast<watch *>(user_data);
		try {
			return self->callback_(phase, done, total) ? 0 : 1;
		} catch (...) {
			if (!self->problem_)
				self->problem_ = std::current_exception();
			return 1;
		}
	}

	progress callback_;
	std::exception_ptr problem_;
};

} // namespace detail
} // namespace gopm

#endif
