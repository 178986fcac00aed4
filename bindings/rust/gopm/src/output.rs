// SPDX-License-Identifier: Apache-2.0
//! Writers that the library writes to, piece by piece.
use crate::error::{Error, Result};
use crate::kinds::Status;
use gopm_sys::gopm_write_fn;
use std::any::Any;
use std::io::{self, Write};
use std::os::raw::{c_char, c_void};
use std::panic::{catch_unwind, resume_unwind, AssertUnwindSafe};

/// A writer, and what it ended with: a panic must not unwind through C.
pub(crate) struct Output<'a> {
    writer: &'a mut dyn Write,
    problem: Option<io::Error>,
    panic: Option<Box<dyn Any + Send>>,
}

impl<'a> Output<'a> {
    pub(crate) const CALLBACK: gopm_write_fn = Some(write);

    pub(crate) fn new(writer: &'a mut dyn Write) -> Self {
        Output {
            writer,
            problem: None,
            panic: None,
        }
    }

    pub(crate) fn user_data(&mut self) -> *mut c_void {
        (self as *mut Self).cast()
    }

    /// The result of the call that wrote: that of the writer comes first.
    pub(crate) fn finish<T>(self, result: Result<T>) -> Result<T> {
        if let Some(panic) = self.panic {
            resume_unwind(panic);
        }
        match self.problem {
            Some(problem) => Err(Error::new(Status::IO, problem.to_string())),
            None => result,
        }
    }
}

unsafe extern "C" fn write(user_data: *mut c_void, data: *const c_char, size: usize) -> i32 {
    // SAFETY: the call gives what it was given, and `size` bytes.
    let output = &mut *user_data.cast::<Output<'_>>();
    let bytes = std::slice::from_raw_parts(data.cast::<u8>(), size);
    if output.problem.is_some() || output.panic.is_some() {
        return 1;
    }
    match catch_unwind(AssertUnwindSafe(|| output.writer.write_all(bytes))) {
        Ok(Ok(())) => return 0,
        Ok(Err(problem)) => output.problem = Some(problem),
        Err(panic) => output.panic = Some(panic),
    }
    1
}
