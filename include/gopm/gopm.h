/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gopm/gopm.h
 * Includes all headers of libgopm, the library for postmortem analysis of Go programs.
 * gopm/types.h has the rules that hold for every call.
 */
#ifndef GOPM_GOPM_H
#define GOPM_GOPM_H

#include <gopm/arrow.h>
#include <gopm/build.h>
#include <gopm/core.h>
#include <gopm/error.h>
#include <gopm/eval.h>
#include <gopm/goroutine.h>
#include <gopm/heap.h>
#include <gopm/json.h>
#include <gopm/module.h>
#include <gopm/object.h>
#include <gopm/profile.h>
#include <gopm/slim.h>
#include <gopm/stack.h>
#include <gopm/symbol.h>
#include <gopm/thread.h>
#include <gopm/traceback.h>
#include <gopm/type.h>
#include <gopm/types.h>
#include <gopm/value.h>
#include <gopm/why.h>

#endif
