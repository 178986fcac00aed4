/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gopm/gopm.hpp
 * Includes all of libgopm for C++17: handles that release themselves, ranges, strings as std::string_view, exceptions.
 *
 * - A call throws gopm::error. For each call whose failure is ordinary there is a try_ form that returns gopm::result.
 * - A handle is shared by its copies, and keeps what it was made from. Any order of release is right.
 * - A string_view in a record lives as long as the core, if the comment does not say otherwise. A row of a list or
 * stream may be copied; its strings are not.
 * - A core, a heap and an analysis may be used by many threads at once; all else by one at a time.
 */
#ifndef GOPM_GOPM_HPP
#define GOPM_GOPM_HPP

#include <gopm/core.hpp>
#include <gopm/error.hpp>
#include <gopm/goroutine.hpp>
#include <gopm/heap.hpp>
#include <gopm/names.hpp>
#include <gopm/records.hpp>
#include <gopm/stack.hpp>
#include <gopm/value.hpp>
#include <gopm/why.hpp>

#endif
