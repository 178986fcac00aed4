/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gopm/error.hpp
 * Failures as exceptions, and results for calls whose failure is ordinary.
 */
#ifndef GOPM_ERROR_HPP
#define GOPM_ERROR_HPP

#include <cstdint>
#include <exception>
#include <gopm/error.h>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace gopm
{

/// A call failed, or what it was to find does not exist (GOPM_NOT_FOUND). Copies share the object of the library.
class error : public std::exception
{
      public:
	explicit error(gopm_status status) noexcept : status_(status)
	{
	}
	/// With a message for people.
	error(gopm_status status, std::string message, std::uint64_t address = GOPM_NO_OFFSET)
	    : status_(status), message_(std::make_shared<const std::string>(std::move(message))), address_(address)
	{
	}
	/// Of a failed call. It takes `object`, which may be NULL; then `message` says what failed.
	error(gopm_status status, gopm_error *object, std::string_view message) : status_(status)
	{
		if (object != nullptr)
			object_ = std::shared_ptr<gopm_error>(object, gopm_error_free);
		else if (!message.empty() && status != GOPM_ERR_NO_MEMORY)
			message_ = std::make_shared<const std::string>(message);
	}

	/// One line for people: the file, the place in it, and what was expected there.
	const char *what() const noexcept override
	{
		if (message_)
			return message_->c_str();
		return object_ ? gopm_error_message(object_.get()) : gopm_status_text(status_);
	}
	/// GOPM_ERR_*, or GOPM_NOT_FOUND.
	gopm_status status() const noexcept
	{
		return status_;
	}
	/// The file that caused it. Lives as long as the error.
	std::optional<std::string_view> path() const noexcept
	{
		const char *path = gopm_error_path(object_.get());
		return path != nullptr ? std::optional<std::string_view>(path) : std::nullopt;
	}
	/// The byte offset in that file.
	std::optional<std::uint64_t> offset() const noexcept
	{
		return known(object_ ? gopm_error_offset(object_.get()) : GOPM_NO_OFFSET);
	}
	/// The byte offset in the expression.
	std::optional<std::uint64_t> expression_offset() const noexcept
	{
		return known(object_ ? gopm_error_expression_offset(object_.get()) : GOPM_NO_OFFSET);
	}
	/// The address in the dead process.
	std::optional<std::uint64_t> address() const noexcept
	{
		return known(object_ ? gopm_error_address(object_.get()) : address_);
	}

      private:
	static std::optional<std::uint64_t> known(std::uint64_t place) noexcept
	{
		return place != GOPM_NO_OFFSET ? std::optional<std::uint64_t>(place) : std::nullopt;
	}

	gopm_status status_;
	std::shared_ptr<gopm_error> object_;
	std::shared_ptr<const std::string> message_;
	std::uint64_t address_ = GOPM_NO_OFFSET;
};

/**
 * What a call `try_x()` returns: its result, or why there is none. Such a call throws only std::bad_alloc, and what a
 * callback of its caller throws. `x()` is `try_x().value()`.
 */
template <class T> class [[nodiscard]] result
{
      public:
	result(T value) : state_(std::in_place_index<0>, std::move(value))
	{
	}
	result(gopm::error problem) : state_(std::in_place_index<1>, std::move(problem))
	{
	}

	/// True if there is a result.
	explicit operator bool() const noexcept
	{
		return state_.index() == 0;
	}
	/// GOPM_OK if there is a result.
	gopm_status status() const noexcept
	{
		const gopm::error *problem = std::get_if<1>(&state_);
		return problem != nullptr ? problem->status() : GOPM_OK;
	}
	/// Why there is none; of a result, an error with the status GOPM_OK.
	gopm::error error() const noexcept
	{
		const gopm::error *problem = std::get_if<1>(&state_);
		return problem != nullptr ? *problem : gopm::error(GOPM_OK);
	}
	/// The result; throws the error if there is none. So do `*` and `->`.
	T &value() &
	{
		check();
		return *std::get_if<0>(&state_);
	}
	const T &value() const &
	{
		check();
		return *std::get_if<0>(&state_);
	}
	T value() &&
	{
		check();
		return std::move(*std::get_if<0>(&state_));
	}
	T &operator*() &
	{
		return value();
	}
	const T &operator*() const &
	{
		return value();
	}
	T operator*() &&
	{
		return std::move(*this).value();
	}
	T *operator->()
	{
		return &value();
	}
	const T *operator->() const
	{
		return &value();
	}
	/// The result, or `other`.
	T value_or(T other) const
	{
		return *this ? value() : other;
	}

      private:
	void check() const
	{
		if (const gopm::error *problem = std::get_if<1>(&state_))
			throw *problem;
	}

	std::variant<T, gopm::error> state_;
};

} // namespace gopm

#endif
