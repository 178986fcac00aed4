// SPDX-License-Identifier: Apache-2.0
//! The traceback that the runtime would print.
use crate::core::Core;
use crate::error::{Error, Result};
use crate::kinds::TracebackLevel;
use crate::output::Output;
use gopm_sys::*;
use std::io::Write;
use std::mem::{size_of, MaybeUninit};
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
        let (mut output, mut err) = (Output::new(writer), null_mut());
        // SAFETY: the call initializes all of the options, and uses the output only while it runs.
        let result = unsafe {
            let mut raw = MaybeUninit::<gopm_traceback_options>::uninit();
            gopm_traceback_options_init(raw.as_mut_ptr(), size_of::<gopm_traceback_options>());
            let mut raw = raw.assume_init();
            raw.level = options.level.map_or(raw.level, |level| level.0);
            raw.flags = options.flags;
            raw.goroutine_id = options.goroutine;
            let status = gopm_traceback(
                self.pointer(),
                &raw,
                Output::CALLBACK,
                output.user_data(),
                &mut err,
            );
            Error::result(status, err)
        };
        output
            .finish(result.map_err(|e| e.missing(|| format!("no goroutine {}", options.goroutine))))
    }

    /// The traceback as text.
    pub fn traceback(&self, options: &TracebackOptions) -> Result<String> {
        let mut bytes = Vec::new();
        self.write_traceback(&mut bytes, options)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}
