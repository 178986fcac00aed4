/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file gopm/object.h
 * Objects that goroutines wait for: channels, locks, timers, file descriptors, and others.
 *
 * Since: 0.1
 */
#ifndef GOPM_OBJECT_H
#define GOPM_OBJECT_H

#include <gopm/core.h>

GOPM_BEGIN_DECLS

/* Kinds of objects. */
#define GOPM_OBJECT_OTHER 0     /**< none is known, only the wait reason */
#define GOPM_OBJECT_CHAN 1      /**< a channel */
#define GOPM_OBJECT_NIL_CHAN 2  /**< a nil channel, or a select without cases */
#define GOPM_OBJECT_MUTEX 3     /**< sync.Mutex */
#define GOPM_OBJECT_RWMUTEX 4   /**< sync.RWMutex */
#define GOPM_OBJECT_ONCE 5      /**< sync.Once */
#define GOPM_OBJECT_WAITGROUP 6 /**< sync.WaitGroup */
#define GOPM_OBJECT_COND 7      /**< sync.Cond */
#define GOPM_OBJECT_SEMAPHORE 8 /**< a semaphore of the runtime that is none of these */
#define GOPM_OBJECT_TIMER 9     /**< time.Sleep, a timer */
#define GOPM_OBJECT_FD 10       /**< a file descriptor: the network poller */
#define GOPM_OBJECT_SYSCALL 11  /**< a system call */
#define GOPM_OBJECT_CGO 12      /**< a call of C */
#define GOPM_OBJECT_CONTEXT 13  /**< a context.Context, by the channel of its Done() */

GOPM_END_DECLS

#endif
