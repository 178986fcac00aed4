/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gopm/handle.hpp
 * How calls of the library become objects: handles that release themselves, lists, and streams. The names in `detail`
 * are not for callers.
 */
#ifndef GOPM_HANDLE_HPP
#define GOPM_HANDLE_HPP

#include <cstddef>
#include <functional>
#include <gopm/error.hpp>
#include <gopm/progress.hpp>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gopm
{

/// Rows that were all read. Their strings live at least as long as the list or a copy of it.
template <class Row> class list
{
      public:
	using value_type = Row;
	using const_iterator = typename std::vector<Row>::const_iterator;

	list() = default;
	list(std::vector<Row> rows, std::shared_ptr<const void> keep) : rows_(std::move(rows)), keep_(std::move(keep))
	{
	}

	std::size_t size() const noexcept
	{
		return rows_.size();
	}
	bool empty() const noexcept
	{
		return rows_.empty();
	}
	const_iterator begin() const noexcept
	{
		return rows_.begin();
	}
	const_iterator end() const noexcept
	{
		return rows_.end();
	}
	/// Throws a gopm::error if `index` is past the end.
	const Row &operator[](std::size_t index) const
	{
		if (index >= rows_.size())
			throw error(GOPM_NOT_FOUND,
			            "index " + std::to_string(index) + " of " + std::to_string(rows_.size()));
		return rows_[index];
	}
	const Row &front() const
	{
		return (*this)[0];
	}
	const Row &back() const
	{
		return (*this)[rows_.size() - 1];
	}

      private:
	std::vector<Row> rows_;
	std::shared_ptr<const void> keep_;
};

/// Rows that are read in batches while you iterate. It is a single pass: a second begin() continues. One thread at a
/// time may use it.
template <class Row> class stream
{
	struct state {
		std::function<bool(std::vector<Row> &)> fill;
		std::vector<Row> rows;
		std::size_t at = 0;

		// Moves to a row that is there; false: the end.
		bool ready()
		{
			while (at >= rows.size()) {
				rows.clear();
				at = 0;
				if (!fill(rows))
					return false;
			}
			return true;
		}
	};

      public:
	/// An input iterator. A row lives until the next step.
	class iterator
	{
	      public:
		using iterator_category = std::input_iterator_tag;
		using value_type = Row;
		using difference_type = std::ptrdiff_t;
		using pointer = const Row *;
		using reference = const Row &;

		/// What `it++` returns: the row before the step.
		class previous
		{
		      public:
			explicit previous(Row row) : row_(std::move(row))
			{
			}
			const Row &operator*() const noexcept
			{
				return row_;
			}

		      private:
			Row row_;
		};

		iterator() = default;
		explicit iterator(std::shared_ptr<state> from) : state_(std::move(from))
		{
			settle();
		}
		reference operator*() const
		{
			if (!state_ || state_->at >= state_->rows.size())
				throw error(GOPM_DONE, "the iteration is at its end");
			return state_->rows[state_->at];
		}
		pointer operator->() const
		{
			return &**this;
		}
		iterator &operator++()
		{
			if (state_) {
				state_->at++;
				settle();
			}
			return *this;
		}
		previous operator++(int)
		{
			previous row(**this);
			++*this;
			return row;
		}
		friend bool operator==(const iterator &a, const iterator &b) noexcept
		{
			return a.state_ == b.state_;
		}
		friend bool operator!=(const iterator &a, const iterator &b) noexcept
		{
			return !(a == b);
		}

	      private:
		void settle()
		{
			if (state_ && !state_->ready())
				state_.reset();
		}

		std::shared_ptr<state> state_;
	};
	using const_iterator = iterator;
	using value_type = Row;

	explicit stream(std::function<bool(std::vector<Row> &)> fill) : state_(std::make_shared<state>())
	{
		state_->fill = std::move(fill);
	}
	iterator begin()
	{
		return iterator(state_);
	}
	iterator end() noexcept
	{
		return {};
	}

      private:
	std::shared_ptr<state> state_;
};

namespace detail
{

constexpr std::size_t batch = 256;

/// Releases a handle, and then its parents: they may own callbacks and memory that the library uses.
template <class T> struct release {
	void (*free)(T *);
	std::shared_ptr<const void> keep;

	void operator()(T *pointer) const noexcept
	{
		free(pointer);
	}
};

inline error closed(const char *noun)
{
	return error(GOPM_ERR_ARGUMENT, std::string("this ") + noun + " is closed");
}

/// The pointer of a handle; an error if it was closed or moved away.
template <class T> T *opened(const std::shared_ptr<T> &handle, const char *noun)
{
	if (!handle)
		throw closed(noun);
	return handle.get();
}

inline void check(gopm_status status, std::string_view message = {})
{
	if (status != GOPM_OK)
		throw error(status, nullptr, message);
}

/// The text as an argument of C; a NUL would cut it.
inline const char *c_text(const std::string &text)
{
	if (text.find('\0') != std::string::npos)
		throw error(GOPM_ERR_ARGUMENT, "text has a NUL byte");
	return text.c_str();
}

/// A text of which an empty one is NULL.
inline const char *optional_text(const std::string &text)
{
	return text.empty() ? nullptr : c_text(text);
}

/// Makes a handle by a call(&out, &err) of the library. The call ends before its `err` is looked at.
/// @param missing says what was not found
/// @param watched the callback of the call, or NULL
template <class T, class Call>
result<std::shared_ptr<T>> make(void (*free)(T *), std::shared_ptr<const void> keep, std::string_view missing,
                                watch *watched, Call call)
{
	T *out = nullptr;
	gopm_error *err = nullptr;
	const gopm_status status = call(&out, &err);
	std::unique_ptr<gopm_error, void (*)(gopm_error *)> object(err, gopm_error_free);
	std::unique_ptr<T, release<T>> made(out, release<T>{free, std::move(keep)});
	if (watched != nullptr)
		watched->check();
	if (status != GOPM_OK)
		return error(status, object.release(), missing);
	return std::shared_ptr<T>(std::move(made));
}

/// All records of a call(records, stride, capacity, &count). A positive status is an empty list.
template <class Record, class Call> result<std::vector<Record>> listed(Call call)
{
	std::vector<Record> records(16);
	for (;;) {
		std::size_t count = 0;
		const gopm_status status = call(records.data(), sizeof(Record), records.size(), &count);
		if (status < 0)
			return error(status);
		const bool fits = count <= records.size();
		records.resize(status > 0 ? 0 : count);
		if (fits || status > 0)
			return records;
	}
}

/// Rows of an iterator: each is Row(record), or made by `row`.
template <class Row, class Record, class Iter, class Make>
bool next_rows(Iter *it, gopm_status (*next)(Iter *, Record *, std::size_t, std::size_t, std::size_t *),
               std::vector<Row> &rows, std::vector<Record> &buffer, watch *watched, Make row)
{
	std::size_t got = 0;
	buffer.resize(batch);
	const gopm_status status = next(it, buffer.data(), sizeof(Record), buffer.size(), &got);
	if (watched != nullptr)
		watched->check();
	if (status == GOPM_DONE)
		return false;
	check(status);
	rows.reserve(rows.size() + got);
	for (std::size_t i = 0; i < got; i++)
		rows.push_back(row(buffer[i]));
	return true;
}

/// All rows of an iterator, which the list keeps.
template <class Row, class Record, class Iter, class Make>
list<Row> drained(std::shared_ptr<Iter> it,
                  gopm_status (*next)(Iter *, Record *, std::size_t, std::size_t, std::size_t *), watch *watched,
                  Make row)
{
	std::vector<Row> rows;
	std::vector<Record> buffer;
	while (next_rows(it.get(), next, rows, buffer, watched, row))
		;
	return {std::move(rows), std::move(it)};
}

/// Rows of records.
template <class Row, class Record>
list<Row> rows_of(const std::vector<Record> &records, std::shared_ptr<const void> keep)
{
	std::vector<Row> rows;
	rows.reserve(records.size());
	for (const Record &record : records)
		rows.emplace_back(record);
	return {std::move(rows), std::move(keep)};
}

/// A text that the library formats: call(buffer, size, &length).
template <class Call> std::string formatted(Call call)
{
	std::string text(256, '\0');
	for (;;) {
		std::size_t length = 0;
		check(call(text.data(), text.size(), &length));
		const bool fits = length < text.size();
		text.resize(fits ? length : length + 1);
		if (fits)
			return text;
	}
}

} // namespace detail
} // namespace gopm

#endif
