/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gopm/value.hpp
 * Typed values of the program: variables, fields, elements, results of expressions.
 */
#ifndef GOPM_VALUE_HPP
#define GOPM_VALUE_HPP

#include <cstdint>
#include <gopm/eval.h>
#include <gopm/handle.hpp>
#include <gopm/names.hpp>
#include <gopm/records.hpp>
#include <limits>
#include <optional>

namespace gopm
{

/// What is read of values. A limit of 0 is its default.
struct value_options {
	std::uint32_t flags = 0;            ///< GOPM_VALUE_OPTION_*
	std::optional<std::uint32_t> depth; ///< levels of nesting that text() shows
	std::uint64_t max_string = 0;
	std::uint64_t max_elements = 0;
	std::uint64_t max_fields = 0;
	std::uint64_t max_bytes = 0;
};

namespace detail
{

inline gopm_value_options c_options(const value_options &from)
{
	gopm_value_options options;
	gopm_value_options_init(&options, sizeof options);
	options.flags = from.flags;
	if (from.depth)
		options.max_depth = *from.depth != 0 ? *from.depth : std::numeric_limits<std::uint32_t>::max();
	options.max_string = from.max_string;
	options.max_elements = from.max_elements;
	options.max_fields = from.max_fields;
	options.max_bytes = from.max_bytes;
	return options;
}

} // namespace detail

/**
 * A value. Its parts are read on demand. Copies share it; one thread at a time may use a value and all that was made
 * from one stack.
 *
 * A part that does not exist is GOPM_NOT_FOUND. A part or number that the kind of the value does not have is
 * GOPM_ERR_ARGUMENT. What is unreadable is GOPM_ERR_MISSING_MEMORY, and the message says why.
 */
class value
{
      public:
	explicit value(std::shared_ptr<gopm_value> handle) : handle_(std::move(handle))
	{
		gopm_value_info about;
		about.struct_size = sizeof about;
		detail::check(gopm_value_get_info(handle_.get(), &about));
		info_ = record::value_info(about);
	}

	/// Facts about it. The strings live as long as the value or a copy of it.
	const record::value_info &info() const
	{
		detail::opened(handle_, "value");
		return info_;
	}
	/// The name of the variable or field, or "[3]"; empty: none. Lives as long as the value or a copy of it.
	std::string_view name() const
	{
		return info().name;
	}
	/// The type, "*main.Metrics". Lives as long as the value or a copy of it.
	std::string_view type() const
	{
		return info().type;
	}
	/// GOPM_KIND_*; names::kind() has words.
	std::uint32_t kind() const
	{
		return info().kind;
	}
	/// GOPM_FROM_*: how sure it is; names::from() has words.
	std::uint32_t provenance() const
	{
		return info().provenance;
	}
	/// True if it can be read; if not, info().unreadable says why.
	bool is_readable() const
	{
		return info().unreadable.empty();
	}
	/// True if it is a nil pointer, slice, map, channel, function or interface.
	bool is_nil() const
	{
		return (readable().flags & GOPM_VALUE_NIL) != 0;
	}
	/// One line, as Delve shows it, and more: gopm_value_text().
	std::string text() const
	{
		gopm_value *self = detail::opened(handle_, "value");
		return detail::formatted([=](char *buffer, std::size_t size, std::size_t *length) {
			return gopm_value_text(self, buffer, size, length);
		});
	}
	/// JSON with its children: gopm_value_json(). `flags`: GOPM_VALUE_JSON_*.
	std::string json(std::uint32_t flags = 0) const
	{
		gopm_value *self = detail::opened(handle_, "value");
		return detail::formatted([=](char *buffer, std::size_t size, std::size_t *length) {
			return gopm_value_json(self, flags, buffer, size, length);
		});
	}

	/// A child by its index, as gopm_value_child() counts them.
	result<value> try_child(std::uint64_t index) const
	{
		if (!handle_)
			return detail::closed("value");
		return wrapped(detail::make<gopm_value>(
		    gopm_value_free, handle_, std::string(info_.type) + " has no child " + std::to_string(index),
		    nullptr, [&](gopm_value **out, gopm_error **err) {
			    return gopm_value_child(handle_.get(), index, out, err);
		    }));
	}
	value child(std::uint64_t index) const
	{
		return try_child(index).value();
	}
	/// The children within the limits of the options.
	list<value> children() const
	{
		std::vector<value> found;
		const std::uint64_t count = readable().child_count;
		for (std::uint64_t i = 0; i < count; i++)
			found.push_back(child(i));
		return {std::move(found), handle_};
	}
	/// The target of a pointer, or the dynamic value of an interface.
	value elem() const
	{
		const record::value_info &about = readable();
		if (about.kind != GOPM_KIND_POINTER && about.kind != GOPM_KIND_INTERFACE)
			throw wrong_kind("is not a pointer or interface");
		if (is_nil())
			throw wrong_kind("is nil");
		return child(0);
	}
	/// A field of a struct, also through pointers, interfaces and embedded fields.
	result<value> try_field(std::string_view name) const
	{
		try {
			if (std::optional<value> found = find_field(name, 0))
				return *std::move(found);
			return error(GOPM_NOT_FOUND, std::string(type()) + " has no field " + std::string(name));
		} catch (const error &problem) {
			return problem;
		}
	}
	value operator[](std::string_view name) const
	{
		return try_field(name).value();
	}
	value operator[](const char *name) const
	{
		return (*this)[std::string_view(name)];
	}
	/// An element of a slice, array, or the buffer of a channel.
	value at(std::uint64_t index) const
	{
		const record::value_info &about = readable();
		if (about.kind != GOPM_KIND_SLICE && about.kind != GOPM_KIND_ARRAY && about.kind != GOPM_KIND_CHAN)
			throw wrong_kind("has no elements");
		if (index >= about.length)
			throw error(GOPM_NOT_FOUND, "index " + std::to_string(index) + " out of range with length " +
			                                std::to_string(about.length));
		return child(index);
	}
	/// Elements of a slice, array, map or channel; bytes of a string.
	std::uint64_t size() const
	{
		const record::value_info &about = readable();
		switch (about.kind) {
		case GOPM_KIND_SLICE:
		case GOPM_KIND_ARRAY:
		case GOPM_KIND_MAP:
		case GOPM_KIND_CHAN:
		case GOPM_KIND_STRING:
			return about.length;
		default:
			throw wrong_kind("has no length");
		}
	}
	/// What a container of Go's library holds: sync.Map, atomic.Pointer and their like.
	result<value> try_content() const
	{
		if (!handle_)
			return detail::closed("value");
		return wrapped(detail::make<gopm_value>(
		    gopm_value_free, handle_, std::string(info_.type) + " is not a container", nullptr,
		    [&](gopm_value **out, gopm_error **err) { return gopm_value_content(handle_.get(), out, err); }));
	}
	value content() const
	{
		return try_content().value();
	}

	bool as_bool() const
	{
		if (readable().kind != GOPM_KIND_BOOL)
			throw wrong_kind("is not a bool");
		return info_.integer != 0;
	}
	/// A signed integer.
	std::int64_t as_int() const
	{
		const std::uint32_t kind = readable().kind;
		if (kind < GOPM_KIND_INT || kind > GOPM_KIND_INT64)
			throw wrong_kind("is not a signed integer");
		return info_.integer;
	}
	/// An unsigned integer; or the address that a pointer, channel, map or function has.
	std::uint64_t as_uint() const
	{
		switch (readable().kind) {
		case GOPM_KIND_UINT:
		case GOPM_KIND_UINT8:
		case GOPM_KIND_UINT16:
		case GOPM_KIND_UINT32:
		case GOPM_KIND_UINT64:
		case GOPM_KIND_UINTPTR:
		case GOPM_KIND_POINTER:
		case GOPM_KIND_UNSAFE_POINTER:
		case GOPM_KIND_CHAN:
		case GOPM_KIND_MAP:
		case GOPM_KIND_FUNC:
			return info_.uinteger;
		default:
			throw wrong_kind("is not an unsigned integer or address");
		}
	}
	double as_double() const
	{
		if (readable().kind != GOPM_KIND_FLOAT32 && info_.kind != GOPM_KIND_FLOAT64)
			throw wrong_kind("is not a float");
		return info_.real;
	}
	/// The bytes of a string. value_options.max_string cuts them: then it is GOPM_ERR_LIMIT.
	std::string_view as_string() const
	{
		if (readable().kind != GOPM_KIND_STRING)
			throw wrong_kind("is not a string");
		if ((info_.flags & GOPM_VALUE_TRUNCATED) != 0)
			throw error(GOPM_ERR_LIMIT, "a string of " + std::to_string(info_.length) +
			                                " bytes is longer than value_options.max_string");
		return info_.text;
	}

	/// The handle of the library, for its calls that have no form here; NULL if it is closed.
	const std::shared_ptr<gopm_value> &handle() const noexcept
	{
		return handle_;
	}
	/// Releases it; copies keep it.
	void close() noexcept
	{
		handle_.reset();
	}

      private:
	static result<value> wrapped(result<std::shared_ptr<gopm_value>> made)
	{
		if (!made)
			return made.error();
		return value(std::move(made).value());
	}
	error wrong_kind(const char *problem) const
	{
		return error(GOPM_ERR_ARGUMENT, (info_.name.empty() ? std::string("value") : std::string(info_.name)) +
		                                    " (type " + std::string(info_.type) + ") " + problem);
	}
	const record::value_info &readable() const
	{
		if (!is_readable())
			throw error(GOPM_ERR_MISSING_MEMORY, std::string(info_.name.empty() ? info_.type : info_.name) +
			                                         ": " + std::string(info_.unreadable));
		return info_;
	}
	// The struct of this value.
	value target() const
	{
		value at = *this;
		for (int i = 0; i < 100 && (at.kind() == GOPM_KIND_POINTER || at.kind() == GOPM_KIND_INTERFACE); i++)
			at = at.elem();
		if (at.readable().kind != GOPM_KIND_STRUCT)
			throw wrong_kind("is not a struct");
		return at;
	}
	// A field is embedded if it has the name of its type.
	bool is_embedded() const
	{
		std::string_view type = info_.type.substr(0, info_.type.find('['));
		type.remove_prefix(type.substr(0, 1) == "*" ? 1 : 0);
		return type.substr(type.rfind('.') + 1) == info_.name;
	}
	std::optional<value> find_field(std::string_view name, int depth) const
	{
		const value structure = target();
		std::vector<value> embedded;
		for (std::uint64_t i = 0;; i++) {
			result<value> field = structure.try_child(i);
			if (field.status() == GOPM_NOT_FOUND)
				break;
			if (field.value().name() == name)
				return field.value();
			if (field.value().is_embedded())
				embedded.push_back(field.value());
		}
		for (const value &field : embedded) {
			if (depth >= 20 || !field.is_readable())
				continue;
			const std::uint32_t kind = field.kind();
			if (kind != GOPM_KIND_STRUCT && (kind != GOPM_KIND_POINTER || field.is_nil()))
				continue;
			if (std::optional<value> found = field.find_field(name, depth + 1))
				return found;
		}
		return std::nullopt;
	}

	std::shared_ptr<gopm_value> handle_;
	record::value_info info_;
};

/// Variables of a frame, or of packages.
class variables : public list<value>
{
      public:
	using list<value>::list;
	using list<value>::operator[];

	/// A variable by its name: of several, that of the innermost scope.
	result<value> try_find(std::string_view name) const
	{
		const value *found = nullptr;
		for (const value &variable : *this)
			if (variable.name() == name &&
			    (found == nullptr || (variable.info().variable_flags & GOPM_VAR_SHADOWED) == 0))
				found = &variable;
		if (found == nullptr)
			return error(GOPM_NOT_FOUND, "no variable " + std::string(name));
		return *found;
	}
	value operator[](std::string_view name) const
	{
		return try_find(name).value();
	}
	value operator[](const char *name) const
	{
		return (*this)[std::string_view(name)];
	}
};

namespace detail
{

/// The values of a gopm_vars.
inline result<variables> read_variables(result<std::shared_ptr<gopm_vars>> made)
{
	if (!made)
		return made.error();
	std::shared_ptr<gopm_vars> vars = std::move(made).value();
	std::vector<value> found;
	const std::size_t count = gopm_vars_size(vars.get());
	for (std::size_t i = 0; i < count; i++) {
		auto read = make<gopm_value>(gopm_value_free, vars, {}, nullptr, [&](gopm_value **out, gopm_error **) {
			return gopm_vars_value(vars.get(), i, out);
		});
		if (!read)
			return read.error();
		found.emplace_back(std::move(read).value());
	}
	return variables(std::move(found), std::move(vars));
}

/// Evaluates an expression; `stack` may be NULL.
inline result<value> evaluate(const std::shared_ptr<gopm_core> &core, const std::shared_ptr<gopm_stack> &stack,
                              std::size_t frame, const std::string &expression, const value_options &wanted)
{
	if (!core)
		return closed("core");
	if (expression.find('\0') != std::string::npos)
		return error(GOPM_ERR_EXPRESSION, "expression has a NUL byte");
	const gopm_value_options options = c_options(wanted);
	std::shared_ptr<const void> keep = core;
	if (stack)
		keep = stack;
	auto made = make<gopm_value>(gopm_value_free, std::move(keep), expression + ": the map does not have this key",
	                             nullptr, [&](gopm_value **out, gopm_error **err) {
		                             return gopm_eval(core.get(), stack.get(), frame, expression.c_str(),
		                                              &options, out, err);
	                             });
	if (!made)
		return made.error();
	return value(std::move(made).value());
}

} // namespace detail
} // namespace gopm

#endif
