// SPDX-License-Identifier: Apache-2.0
//! The profiles that the process had collected.
use crate::core::Core;
use crate::error::{c_text, Error, Result};
use crate::handle::Handle;
use crate::kinds::{ProfileFlags, ProfileKind};
use crate::output::Output;
use crate::record::{info, list, list_with_error, next};
use crate::records::{Label, Location, ProfileInfo, ProfileSample};
use gopm_sys::*;
use std::io::Write;
use std::mem::{size_of, zeroed, MaybeUninit};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr::null_mut;

/// A profile: what runtime/pprof would have written. One thread at a time may use it.
///
/// ```no_run
/// # fn main() -> gopm::Result<()> {
/// # let core = gopm::Core::open_with("core", "server")?;
/// use gopm::ProfileKind;
/// let goroutines = core.profile(ProfileKind::GOROUTINE)?;
/// for (index, sample) in goroutines.samples()?.iter().enumerate() {
///     println!("{} {:?}", sample.values()[0], goroutines.frames(index as u64)?.first());
/// }
/// # assert!(!goroutines.samples()?.is_empty());
/// # Ok(())
/// # }
/// ```
pub struct Profile {
    handle: Handle<gopm_profile>,
}

impl Core {
    /// Reads a profile.
    pub fn profile(&self, kind: ProfileKind) -> Result<Profile> {
        self.profile_with(kind, ProfileFlags::default())
    }

    /// Reads a profile, with samples that are not published yet if the flags say so.
    pub fn profile_with(&self, kind: ProfileKind, flags: ProfileFlags) -> Result<Profile> {
        // SAFETY: the call initializes all of the options, and uses them only while it runs.
        let handle = unsafe {
            let mut raw = MaybeUninit::<gopm_profile_options>::uninit();
            gopm_profile_options_init(raw.as_mut_ptr(), size_of::<gopm_profile_options>());
            let mut raw = raw.assume_init();
            raw.kind = kind.0;
            raw.flags = flags.0;
            Handle::new(self, gopm_profile_free, |out, err| {
                gopm_profile_open(self.pointer(), &raw, out, err)
            })
        };
        let handle = handle.map_err(|e| e.missing(|| format!("the core has no {kind} profile")))?;
        Ok(Profile { handle })
    }
}

impl Profile {
    /// What is the same for all samples.
    pub fn info(&self) -> ProfileInfo {
        // SAFETY: the record has no strings.
        unsafe { info(|raw| gopm_profile_get_info(self.handle.pointer(), raw)) }
            .expect("the size is this version's")
    }

    /// The samples, in the order of runtime/pprof.
    pub fn samples(&self) -> Result<Vec<ProfileSample>> {
        let (mut samples, count) = (Vec::new(), self.info().sample_count() as usize);
        if count != 0 {
            let pointer = self.handle.pointer();
            // SAFETY: the record has no strings.
            unsafe {
                next(&mut samples, count, |at, stride, room, got| {
                    gopm_profile_samples(pointer, 0, at, stride, room, got)
                })?;
            }
        }
        Ok(samples)
    }

    /// The calls of a sample, the innermost first.
    pub fn frames(&self, sample: u64) -> Result<Vec<Location<'_>>> {
        let pointer = self.handle.pointer();
        // SAFETY: strings live as long as the core.
        let found = unsafe {
            list_with_error(|at, stride, room, count, _| {
                gopm_profile_frames(pointer, sample, at, stride, room, count)
            })
        };
        found.map_err(|e| e.missing(|| format!("no sample {sample}")))
    }

    /// The pprof labels of a sample of goroutines.
    pub fn labels(&self, sample: u64) -> Result<Vec<Label<'_>>> {
        let pointer = self.handle.pointer();
        // SAFETY: strings live as long as the profile.
        unsafe {
            list(|at, stride, room, count| {
                gopm_profile_labels(pointer, sample, at, stride, room, count)
            })
        }
    }

    /// Writes a file for `go tool pprof`, which must not exist.
    pub fn save(&self, to: impl AsRef<Path>) -> Result<()> {
        let path = c_text(to.as_ref().as_os_str().as_bytes())?;
        self.run(|target| target.path = path.as_ptr())
    }

    /// Writes what `go tool pprof` reads. An error of the writer is `Status::IO`.
    pub fn write(&self, writer: &mut dyn Write) -> Result<()> {
        let mut output = Output::new(writer);
        let user_data = output.user_data();
        let result = self.run(|target| {
            target.write = Output::CALLBACK;
            target.user_data = user_data;
        });
        output.finish(result)
    }

    fn run(&self, fill: impl FnOnce(&mut gopm_profile_target)) -> Result<()> {
        // SAFETY: a target is zeroed, and used only during the call.
        unsafe {
            let (mut target, mut err): (gopm_profile_target, _) = (zeroed(), null_mut());
            target.struct_size = size_of::<gopm_profile_target>();
            fill(&mut target);
            Error::result(
                gopm_profile_write(self.handle.pointer(), &target, &mut err),
                err,
            )
        }
    }
}

impl std::fmt::Debug for Profile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.info().fmt(f)
    }
}
