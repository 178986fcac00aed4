// SPDX-License-Identifier: Apache-2.0
//! The traceback that the runtime would print.
use crate::core::Core;
use crate::error::{Error, Result};
use crate::kinds::{Status, TracebackLevel};
use gopm_sys::*;
use std::any::Any;
use std::io::{self, Write};
use std::mem::{size_of, MaybeUninit};
use std::os::raw::{c_char, c_void};
use std::panic::{catch_unwind, resume_unwind, AssertUnwindSafe};
use std::ptr::null_mut;

/// What a traceback has.
#[must_use]
#[derive(Clone, Copy, Debug, Default)]
pub struct TracebackOptions {
    level: Option<TracebackLevel>,
    flags: u32,
    goroutine: u64,
}

impl TracebackOptions {
    /// All goroutines of the user, without frames of the runtime.
    pub fn new() -> Self {
        TracebackOptions::default()
    }

    /// Which goroutines and frames, as GOTRACEBACK says it.
    pub fn level(mut self, level: TracebackLevel) -> Self {
        self.level = Some(level);
        self
    }

    /// Only the goroutine with an id; 0: all.
    pub fn goroutine(mut self, id: u64) -> Self {
        self.goroutine = id;
        self
    }

    /// Only frames: no header and no "created by". Needs a goroutine.
    pub fn frames_only(mut self) -> Self {
        self.flags |= GOPM_TRACEBACK_FLAG_FRAMES_ONLY;
        self
    }

    /// Frames of C too.
    pub fn native(mut self) -> Self {
        self.flags |= GOPM_TRACEBACK_FLAG_NATIVE;
        self
    }
}

/// A writer, and what it ended with.
struct Output<'a> {
    writer: &'a mut dyn Write,
    problem: Option<io::Error>,
    panic: Option<Box<dyn Any + Send>>,
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

impl Core {
    /// Writes the runtime's own traceback, byte for byte. An error of the writer is `Status::IO`.
    ///
    /// ```no_run
    /// # fn main() -> gopm::Result<()> {
    /// # let core = gopm::Core::open_with("core", "server")?;
    /// use gopm::TracebackOptions;
    /// core.write_traceback(&mut std::io::stdout(), &TracebackOptions::new().goroutine(20))?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn write_traceback(
        &self,
        writer: &mut dyn Write,
        options: &TracebackOptions,
    ) -> Result<()> {
        let mut output = Output {
            writer,
            problem: None,
            panic: None,
        };
        let mut err = null_mut();
        // SAFETY: the call initializes all of the options, and uses the output only while it runs.
        let result = unsafe {
            let mut raw = MaybeUninit::<gopm_traceback_options>::uninit();
            gopm_traceback_options_init(raw.as_mut_ptr(), size_of::<gopm_traceback_options>());
            let mut raw = raw.assume_init();
            raw.level = options.level.map_or(raw.level, |level| level.0);
            raw.flags = options.flags;
            raw.goroutine_id = options.goroutine;
            let user_data = (&mut output as *mut Output<'_>).cast();
            let status = gopm_traceback(self.pointer(), &raw, Some(write), user_data, &mut err);
            Error::result(status, err)
        };
        if let Some(panic) = output.panic {
            resume_unwind(panic);
        }
        match output.problem {
            Some(problem) => Err(Error::new(Status::IO, problem.to_string())),
            None => result.map_err(|e| e.missing(|| format!("no goroutine {}", options.goroutine))),
        }
    }

    /// The traceback as text.
    pub fn traceback(&self, options: &TracebackOptions) -> Result<String> {
        let mut bytes = Vec::new();
        self.write_traceback(&mut bytes, options)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}
