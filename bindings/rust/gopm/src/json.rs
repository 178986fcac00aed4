// SPDX-License-Identifier: Apache-2.0
//! Records and stacks as JSON, as `gopm --json` prints them.
use crate::core::Core;
use crate::error::{Error, Result};
use crate::output::Output;
use crate::record::Record;
use crate::records::{Finding, FrameRecord, Goroutine, Group, Location, Thread};
use crate::stack::Stack;
use crate::variables::{text_of, ValueOptions};
use gopm_sys::*;
use std::io::Write;
use std::mem::size_of;
use std::ptr::{null, null_mut};

/// The record of C, and its size.
fn raw<R: Record>(record: &R) -> (*const R::Raw, usize) {
    // A record has the layout of `Raw`.
    ((record as *const R).cast(), size_of::<R>())
}

impl Core {
    /// A goroutine of this core as JSON, with the members of Delve's api.Goroutine and more: gopm_goroutine_json().
    ///
    /// ```no_run
    /// # fn main() -> gopm::Result<()> {
    /// # let core = gopm::Core::open_with("core", "server")?;
    /// let text = core.goroutine_json(&core.goroutine(20)?)?;
    /// assert!(text.starts_with("{\"id\":20,"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn goroutine_json(&self, goroutine: &Goroutine<'_>) -> Result<String> {
        let (record, bytes) = raw(goroutine);
        // SAFETY: strings of the record live as long as it.
        unsafe {
            text_of(|to, size, length| {
                gopm_goroutine_json(self.pointer(), record, bytes, 0, to, size, length)
            })
        }
    }

    /// A thread of this core as JSON, with its registers: gopm_thread_json().
    pub fn thread_json(&self, thread: &Thread<'_>) -> Result<String> {
        let ((record, bytes), flags) = (raw(thread), GOPM_JSON_REGISTERS);
        // SAFETY: as goroutine_json().
        unsafe {
            text_of(|to, size, length| {
                gopm_thread_json(self.pointer(), record, bytes, flags, to, size, length)
            })
        }
    }
}

impl Group<'_> {
    /// The group as JSON. `by` is what it was grouped by: gopm_group_json().
    pub fn to_json(&self, by: crate::kinds::GroupBy) -> Result<String> {
        let (record, bytes) = raw(self);
        // SAFETY: strings of the record live as long as it.
        unsafe {
            text_of(|to, size, length| gopm_group_json(record, bytes, by.0, 0, to, size, length))
        }
    }
}

macro_rules! plain {
    ($($(#[$about:meta])* $name:ident: $function:ident;)*) => {
        $(impl $name<'_> {
            $(#[$about])*
            pub fn to_json(&self) -> Result<String> {
                let (record, bytes) = raw(self);
                // SAFETY: strings of the record live as long as it.
                unsafe { text_of(|to, size, length| $function(record, bytes, 0, to, size, length)) }
            }
        })*
    };
}

plain! {
    /// The location as JSON, as Delve's api.Location.
    Location: gopm_location_json;
    /// The frame as JSON, with the members of Delve's api.Stackframe and more.
    FrameRecord: gopm_frame_json;
    /// The finding as JSON, with the name of its kind.
    Finding: gopm_finding_json;
}

impl Stack {
    /// Writes the stack as JSON, and the variables of each frame if there are options for them: gopm_stack_json().
    pub fn write_json(
        &self,
        writer: &mut dyn Write,
        variables: Option<&ValueOptions>,
    ) -> Result<()> {
        let (mut output, mut err) = (Output::new(writer), null_mut());
        let options = variables.map(ValueOptions::raw);
        let at = options
            .as_ref()
            .map_or(null(), |options| options as *const _);
        // SAFETY: the call uses the options and the output only while it runs.
        let result = unsafe {
            let status = gopm_stack_json(
                self.pointer(),
                at,
                0,
                Output::CALLBACK,
                output.user_data(),
                &mut err,
            );
            Error::result(status, err)
        };
        output.finish(result)
    }

    /// The stack as JSON.
    pub fn to_json(&self) -> Result<String> {
        let mut bytes = Vec::new();
        self.write_json(&mut bytes, None)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}
