/* SPDX-License-Identifier: Apache-2.0 */
// Checks for the tests of this folder: a failed one says where, and the program ends with 1.
#ifndef CHECK_HPP
#define CHECK_HPP

#include <cstdlib>
#include <gopm/gopm.hpp>
#include <iostream>

#define CHECK(condition) check((condition), #condition, __FILE__, __LINE__)
#define CHECK_EQUAL(a, b) check_equal((a), (b), #a, __FILE__, __LINE__)
/// The call must throw a gopm::error with this status; gives the error.
#define CHECK_THROWS(wanted, ...) check_throws((wanted), [&] { (void)(__VA_ARGS__); }, #__VA_ARGS__, __FILE__, __LINE__)

inline void check(bool holds, const char *text, const char *file, int line)
{
	if (holds)
		return;
	std::cerr << file << ':' << line << ": not true: " << text << std::endl;
	std::exit(1);
}

template <class A, class B> void check_equal(const A &a, const B &b, const char *text, const char *file, int line)
{
	if (a == b)
		return;
	std::cerr << file << ':' << line << ": " << text << " is " << a << ", not " << b << std::endl;
	std::exit(1);
}

template <class Call>
gopm::error check_throws(gopm_status wanted, Call call, const char *text, const char *file, int line)
{
	try {
		call();
	} catch (const gopm::error &problem) {
		if (problem.status() == wanted)
			return problem;
		std::cerr << file << ':' << line << ": " << text << " throws " << problem.status() << ": "
		          << problem.what() << std::endl;
		std::exit(1);
	}
	std::cerr << file << ':' << line << ": does not throw: " << text << std::endl;
	std::exit(1);
}

/// The sample: the program, the runtime and Delve say what is expected of it.
inline const std::string sample = GOPM_SAMPLE;

inline gopm::core open_sample()
{
	return gopm::core(sample + "/core.zst", sample + "/server");
}

#endif
