// SPDX-License-Identifier: Apache-2.0
//! Conditions on goroutines.
use crate::error::{c_text, Error, Result};
use crate::kinds::{Fields, Status};
use crate::progress::Watch;
use gopm_sys::*;
use std::ffi::CString;
use std::mem::{size_of, MaybeUninit};
use std::os::raw::c_char;
use std::time::Duration;

/// Conditions on goroutines, which must all hold, and the parts of their records to read.
///
/// A glob must match the whole text: `*` is any run of bytes, `?` one byte, `[a-z]` a set, and `\` quotes the next byte.
///
/// ```no_run
/// # fn main() -> gopm::Result<()> {
/// # let core = gopm::Core::open_with("core", "server")?;
/// use gopm::Filter;
/// let consumer = core.goroutines(&Filter::new().start("*startInChannelConsumer"))?.first()?;
/// assert_eq!(consumer.unwrap().id(), 20);
/// # Ok(())
/// # }
/// ```
#[must_use]
#[derive(Clone, Debug, Default)]
pub struct Filter {
    globs: [Option<String>; GLOBS],
    id: Option<u64>,
    address: Option<u64>,
    thread_id: Option<u64>,
    wait_object: Option<u64>,
    stack_id: Option<u64>,
    min_wait: Duration,
    ids: Option<Vec<u64>>,
    fields: Option<Fields>,
    flags: u32,
}

const GLOBS: usize = 8;
const STATUS: usize = 0;
const WAIT_REASON: usize = 1;
const USER: usize = 2;
const START: usize = 3;
const GO: usize = 4;
const CURRENT: usize = 5;
const LABEL_KEY: usize = 6;
const LABEL_VALUE: usize = 7;

impl Filter {
    /// All goroutines that are not dead, with all parts but `Fields::STACK`.
    pub fn new() -> Filter {
        Filter::default()
    }

    fn glob(mut self, index: usize, glob: impl Into<String>) -> Self {
        self.globs[index] = Some(glob.into());
        self
    }

    /// A glob for the status: "waiting".
    pub fn status(self, glob: impl Into<String>) -> Self {
        self.glob(STATUS, glob)
    }

    /// A glob for the wait reason: "chan send".
    pub fn wait_reason(self, glob: impl Into<String>) -> Self {
        self.glob(WAIT_REASON, glob)
    }

    /// A glob for the function of the innermost frame outside the runtime.
    pub fn user(self, glob: impl Into<String>) -> Self {
        self.glob(USER, glob)
    }

    /// A glob for the function of the go statement.
    pub fn start(self, glob: impl Into<String>) -> Self {
        self.glob(START, glob)
    }

    /// A glob for the function that has the go statement.
    pub fn go(self, glob: impl Into<String>) -> Self {
        self.glob(GO, glob)
    }

    /// A glob for the function of the innermost frame.
    pub fn current(self, glob: impl Into<String>) -> Self {
        self.glob(CURRENT, glob)
    }

    /// Globs for the name and the value of a pprof label.
    pub fn label(self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.glob(LABEL_KEY, key).glob(LABEL_VALUE, value)
    }

    /// The goroutine with this id.
    pub fn id(mut self, id: u64) -> Self {
        self.id = Some(id);
        self
    }

    /// The goroutines with these ids.
    pub fn ids(mut self, ids: impl IntoIterator<Item = u64>) -> Self {
        let mut ids: Vec<u64> = ids.into_iter().collect();
        ids.sort_unstable();
        ids.dedup();
        self.ids = Some(ids);
        self
    }

    /// The goroutine whose runtime.g is at this address.
    pub fn address(mut self, address: u64) -> Self {
        self.address = Some(address);
        self
    }

    /// The goroutines on the thread with this id.
    pub fn thread_id(mut self, id: u64) -> Self {
        self.thread_id = Some(id);
        self
    }

    /// Those that wait on the object at this address.
    pub fn wait_object(mut self, address: u64) -> Self {
        self.wait_object = Some(address);
        self
    }

    /// Those with this whole stack: `Goroutine::stack_id`, `Group::stack_id`.
    pub fn stack_id(mut self, id: u64) -> Self {
        self.stack_id = Some(id);
        self
    }

    /// Those that wait at least as long.
    pub fn min_wait(mut self, time: Duration) -> Self {
        self.min_wait = time;
        self
    }

    /// `true`: only goroutines of the runtime itself; `false`: none of them.
    pub fn system(mut self, only: bool) -> Self {
        self.flags &= !(GOPM_FILTER_ONLY_SYSTEM | GOPM_FILTER_NO_SYSTEM);
        self.flags |= if only {
            GOPM_FILTER_ONLY_SYSTEM
        } else {
            GOPM_FILTER_NO_SYSTEM
        };
        self
    }

    /// Dead goroutines too.
    pub fn dead(mut self) -> Self {
        self.flags |= GOPM_FILTER_DEAD;
        self
    }

    /// Locations and names as Delve has them.
    pub fn delve(mut self) -> Self {
        self.flags |= GOPM_FILTER_DELVE;
        self
    }

    /// Starts no threads to count groups.
    pub fn one_thread(mut self) -> Self {
        self.flags |= GOPM_FILTER_ONE_THREAD;
        self
    }

    /// The parts of records to read; others are empty and cost nothing. Conditions work on all parts.
    pub fn fields(mut self, fields: Fields) -> Self {
        self.fields = Some(fields);
        self
    }

    pub(crate) fn raw(&self, watch: Option<&Watch<'_>>) -> Result<RawFilter> {
        // SAFETY: the call initializes all of the struct.
        let mut raw: gopm_goroutine_filter = unsafe {
            let mut raw = MaybeUninit::uninit();
            gopm_goroutine_filter_init(raw.as_mut_ptr(), size_of::<gopm_goroutine_filter>());
            raw.assume_init()
        };
        let mut texts = Vec::new();
        let members: [&mut *const c_char; GLOBS] = [
            &mut raw.status,
            &mut raw.wait_reason,
            &mut raw.user,
            &mut raw.start,
            &mut raw.go,
            &mut raw.current,
            &mut raw.label_key,
            &mut raw.label_value,
        ];
        for (member, glob) in members.into_iter().zip(&self.globs) {
            if let Some(glob) = glob {
                let text = c_text(glob)?;
                *member = text.as_ptr();
                texts.push(text);
            }
        }
        let numbers = [
            ("id", &mut raw.id, self.id),
            ("address", &mut raw.address, self.address),
            ("thread_id", &mut raw.thread_id, self.thread_id),
            ("wait_object", &mut raw.wait_object, self.wait_object),
            ("stack_id", &mut raw.stack_id, self.stack_id),
        ];
        for (name, member, number) in numbers {
            match number {
                // It would mean "any".
                Some(0) => {
                    return Err(Error::new(
                        Status::ARGUMENT,
                        format!("{name} must not be 0"),
                    ))
                }
                Some(number) => *member = number,
                None => {}
            }
        }
        raw.min_wait_time = i64::try_from(self.min_wait.as_nanos()).unwrap_or(i64::MAX);
        raw.flags = self.flags;
        if let Some(fields) = self.fields {
            raw.fields = fields.0;
        }
        if let Some(ids) = &self.ids {
            raw.ids = ids.as_ptr();
            raw.id_count = ids.len();
        }
        (raw.progress, raw.progress_user_data) = Watch::parts(watch);
        Ok(RawFilter { raw, _texts: texts })
    }
}

/// A filter of the library, with the texts that it points to. Its ids are those of the filter.
pub(crate) struct RawFilter {
    pub(crate) raw: gopm_goroutine_filter,
    _texts: Vec<CString>,
}
