// SPDX-License-Identifier: Apache-2.0
//! Progress of long calls, and how to cancel them.
use crate::kinds::Phase;
use gopm_sys::gopm_progress_fn;
use std::any::Any;
use std::ops::ControlFlow;
use std::os::raw::c_void;
use std::panic::{catch_unwind, resume_unwind, AssertUnwindSafe};
use std::ptr::NonNull;

/// How far a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// What the call does now.
    pub phase: Phase,
    /// The work that is done.
    pub done: u64,
    /// All work; `None`: unknown.
    pub total: Option<u64>,
}

struct Callback<'a> {
    function: Box<dyn FnMut(Progress) -> ControlFlow<()> + Send + 'a>,
    panic: Option<Box<dyn Any + Send>>,
}

/// The callback of a call, which must not unwind through C: a panic is kept until the call returns.
pub(crate) struct Watch<'a> {
    // Not a Box: the library has a pointer to it too.
    callback: NonNull<Callback<'a>>,
}

impl<'a> Watch<'a> {
    pub(crate) fn new(function: impl FnMut(Progress) -> ControlFlow<()> + Send + 'a) -> Self {
        let callback = Box::new(Callback {
            function: Box::new(function),
            panic: None,
        });
        Watch {
            callback: NonNull::from(Box::leak(callback)),
        }
    }

    /// The callback and its user data, for options that do not outlive the watch.
    pub(crate) fn parts(watch: Option<&Self>) -> (gopm_progress_fn, *mut c_void) {
        match watch {
            Some(watch) => (Some(report), watch.callback.as_ptr().cast()),
            None => (None, std::ptr::null_mut()),
        }
    }

    /// Continues a panic of the callback, after a call.
    pub(crate) fn check(watch: Option<&mut Self>) {
        // SAFETY: the library uses the callback only during a call.
        let panic = watch.and_then(|watch| unsafe { watch.callback.as_mut() }.panic.take());
        if let Some(panic) = panic {
            resume_unwind(panic);
        }
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        // SAFETY: it came from a Box, and what used it is released.
        drop(unsafe { Box::from_raw(self.callback.as_ptr()) });
    }
}

// SAFETY: the function and the panic are Send.
unsafe impl Send for Watch<'_> {}

unsafe extern "C" fn report(user_data: *mut c_void, phase: u32, done: u64, total: u64) -> i32 {
    // SAFETY: options have the address of a callback, and the library calls it on one thread at a time.
    let callback = &mut *user_data.cast::<Callback<'_>>();
    if callback.panic.is_some() {
        return 1;
    }
    let now = Progress {
        phase: Phase(phase),
        done,
        total: (total != 0).then_some(total),
    };
    match catch_unwind(AssertUnwindSafe(|| (callback.function)(now))) {
        Ok(ControlFlow::Continue(())) => 0,
        Ok(ControlFlow::Break(())) => 1,
        Err(panic) => {
            callback.panic = Some(panic);
            1
        }
    }
}
