// SPDX-License-Identifier: Apache-2.0
//! Small cores, of cores and of live processes.
use crate::error::{c_text, Error, Result};
use crate::kinds::{Compression, SlimProfile};
use crate::open::{OpenOptions, Source};
use crate::output::Output;
use crate::record::FromRaw;
use crate::records::SlimResult;
use gopm_sys::*;
use std::io::Write;
use std::mem::{size_of, zeroed, MaybeUninit};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr::null_mut;

/// What a small core keeps.
#[must_use]
#[derive(Clone, Copy, Debug, Default)]
pub struct SlimOptions {
    flags: u32,
    profile: Option<SlimProfile>,
    compression: Option<Compression>,
    level: i32,
    threads: u32,
    max_object: u64,
    max_reach: u64,
}

impl SlimOptions {
    /// Goroutines, stacks, and objects that their variables point to.
    pub fn new() -> Self {
        SlimOptions::default()
    }

    /// Only stacks, or the heap too.
    pub fn profile(mut self, profile: SlimProfile) -> Self {
        self.profile = Some(profile);
        self
    }

    /// The compression; the default is that of the path's name.
    pub fn compression(mut self, compression: Compression) -> Self {
        self.compression = Some(compression);
        self
    }

    /// The level of zstd; 0: its default.
    pub fn level(mut self, level: i32) -> Self {
        self.level = level;
        self
    }

    /// Threads that compress; 0: one for each CPU, at most 8.
    pub fn threads(mut self, count: u32) -> Self {
        self.threads = count;
        self
    }

    /// Replaces an existing file.
    pub fn replace(mut self) -> Self {
        self.flags |= GOPM_SLIM_FLAG_REPLACE;
        self
    }

    /// Keeps the executable's pages too.
    pub fn self_contained(mut self) -> Self {
        self.flags |= GOPM_SLIM_FLAG_SELF_CONTAINED;
        self
    }

    /// Bytes that are kept of each object that a stack points to; the default is 4096.
    pub fn max_object(mut self, bytes: u64) -> Self {
        self.max_object = bytes;
        self
    }

    /// Bytes that are kept of all such objects; the default is 64 MiB.
    pub fn max_reach(mut self, bytes: u64) -> Self {
        self.max_reach = bytes;
        self
    }

    fn raw(&self) -> gopm_slim_options {
        // SAFETY: the call initializes all of the struct.
        let mut raw: gopm_slim_options = unsafe {
            let mut raw = MaybeUninit::uninit();
            gopm_slim_options_init(raw.as_mut_ptr(), size_of::<gopm_slim_options>());
            raw.assume_init()
        };
        raw.flags = self.flags;
        raw.profile = self.profile.map_or(raw.profile, |profile| profile.0);
        raw.compression = self
            .compression
            .map_or(raw.compression, |compression| compression.0);
        raw.level = self.level;
        raw.threads = self.threads;
        raw.max_object = self.max_object;
        raw.max_reach = self.max_reach;
        raw
    }
}

impl OpenOptions<'_> {
    /// Writes a small core of a core to a file, which appears when it is complete.
    ///
    /// ```no_run
    /// # fn main() -> gopm::Result<()> {
    /// use gopm::{Core, SlimOptions};
    /// let small = std::env::temp_dir().join("small.zst");
    /// Core::options().exe("server").slim("core", &small, &SlimOptions::new().replace())?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn slim(
        self,
        core: impl AsRef<Path>,
        to: impl AsRef<Path>,
        options: &SlimOptions,
    ) -> Result<SlimResult> {
        self.slim_to_path(Source::Path(core.as_ref()), to.as_ref(), options)
    }

    /// Writes a small core of a live process, which is stopped for milliseconds.
    pub fn snapshot(
        self,
        pid: u32,
        to: impl AsRef<Path>,
        options: &SlimOptions,
    ) -> Result<SlimResult> {
        self.slim_to_path(Source::Process(pid), to.as_ref(), options)
    }

    /// Writes a small core of a core to a writer. An error of the writer is `Status::IO`.
    pub fn slim_to(
        self,
        core: impl AsRef<Path>,
        writer: &mut dyn Write,
        options: &SlimOptions,
    ) -> Result<SlimResult> {
        let mut output = Output::new(writer);
        let mut raw = options.raw();
        raw.write = Output::CALLBACK;
        raw.user_data = output.user_data();
        let result = self.run_slim(Source::Path(core.as_ref()), &raw);
        output.finish(result)
    }

    fn slim_to_path(
        self,
        source: Source<'_>,
        to: &Path,
        options: &SlimOptions,
    ) -> Result<SlimResult> {
        let path = c_text(to.as_os_str().as_bytes())?;
        let mut raw = options.raw();
        raw.path = path.as_ptr();
        self.run_slim(source, &raw)
    }

    fn run_slim(self, source: Source<'_>, options: &gopm_slim_options) -> Result<SlimResult> {
        self.with(source, |core, _sources| {
            // SAFETY: what the options point to lives until the call ends.
            unsafe {
                let (mut result, mut err): (gopm_slim_result, _) = (zeroed(), null_mut());
                result.struct_size = size_of::<gopm_slim_result>();
                let status = gopm_slim(core, options, &mut result, &mut err);
                Error::result(status, err)?;
                Ok(SlimResult::from_raw(result))
            }
        })
    }
}
