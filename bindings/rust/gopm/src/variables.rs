// SPDX-License-Identifier: Apache-2.0
//! Variables of a frame or of packages, and limits of values.
use crate::error::Result;
use crate::handle::Handle;
use crate::kinds::VarFlags;
use crate::value::Value;
use gopm_sys::*;
use std::mem::{size_of, MaybeUninit};
use std::ptr::null_mut;

/// What values show. Limits bound texts, not what can be read.
#[must_use]
#[derive(Clone, Copy, Debug, Default)]
pub struct ValueOptions {
    flags: u32,
    depth: Option<u32>,
    max_string: u64,
    max_elements: u64,
    max_fields: u64,
    max_bytes: u64,
}

impl ValueOptions {
    /// The limits of Delve.
    pub fn new() -> Self {
        ValueOptions::default()
    }

    /// Levels of nesting that texts show; the default is 1.
    pub fn depth(mut self, levels: u32) -> Self {
        self.depth = Some(levels);
        self
    }

    /// Only values that location lists have, as Delve reads them.
    pub fn exact_only(mut self) -> Self {
        self.flags |= GOPM_VALUE_OPTION_EXACT_ONLY;
        self
    }

    /// Texts as Delve writes them.
    pub fn delve(mut self) -> Self {
        self.flags |= GOPM_VALUE_OPTION_DELVE;
        self
    }

    /// Contents of channels at depth 0 too.
    pub fn channels(mut self) -> Self {
        self.flags |= GOPM_VALUE_OPTION_CHANNELS;
        self
    }

    /// Package variables of C, C++ and Rust instead of Go's.
    pub fn native(mut self) -> Self {
        self.flags |= GOPM_VALUE_OPTION_C;
        self
    }

    /// Bytes of strings in texts; the default is 64.
    pub fn max_string(mut self, bytes: u64) -> Self {
        self.max_string = bytes;
        self
    }

    /// Elements of arrays, slices, maps and channels in texts; the default is 64.
    pub fn max_elements(mut self, count: u64) -> Self {
        self.max_elements = count;
        self
    }

    /// Fields of structs in texts; the default is all.
    pub fn max_fields(mut self, count: u64) -> Self {
        self.max_fields = count;
        self
    }

    /// Bytes of a text; the default is 16 MiB.
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = bytes;
        self
    }

    pub(crate) fn raw(&self) -> gopm_value_options {
        // SAFETY: the call initializes all of the struct.
        let mut raw: gopm_value_options = unsafe {
            let mut raw = MaybeUninit::uninit();
            gopm_value_options_init(raw.as_mut_ptr(), size_of::<gopm_value_options>());
            raw.assume_init()
        };
        raw.flags = self.flags;
        match self.depth {
            Some(0) => raw.max_depth = u32::MAX,
            Some(levels) => raw.max_depth = levels,
            None => {}
        }
        raw.max_string = self.max_string;
        raw.max_elements = self.max_elements;
        raw.max_fields = self.max_fields;
        raw.max_bytes = self.max_bytes;
        raw
    }
}

/// Variables: arguments and results as declared, then locals by line of declaration; or package variables by name.
pub struct Variables {
    handle: Handle<gopm_vars>,
}

impl Variables {
    pub(crate) fn new(handle: Handle<gopm_vars>) -> Variables {
        Variables { handle }
    }

    /// Their number.
    pub fn len(&self) -> usize {
        // SAFETY: the handle is open.
        unsafe { gopm_vars_size(self.handle.pointer()) }
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads the variable at an index, which must be less than `len()`.
    pub fn at(&self, index: usize) -> Result<Value> {
        let pointer = self.handle.pointer();
        // SAFETY: the value is released by its own function.
        let handle = unsafe {
            Handle::new(self.handle.core(), gopm_value_free, |out, _| {
                gopm_vars_value(pointer, index, out)
            })
        };
        Value::new(handle.map_err(|e| e.missing(|| format!("no variable {index}")))?)
    }

    /// Reads the variable with a name: of several the one of the innermost scope.
    pub fn get(&self, name: &str) -> Result<Option<Value>> {
        let mut found = None;
        for value in self.iter() {
            let value = value?;
            if value.name() == name {
                if !value.info().variable_flags().contains(VarFlags::SHADOWED) {
                    return Ok(Some(value));
                }
                found.get_or_insert(value);
            }
        }
        Ok(found)
    }

    /// Reads each variable.
    pub fn iter(&self) -> impl Iterator<Item = Result<Value>> + '_ {
        (0..self.len()).map(move |index| self.at(index))
    }
}

impl std::fmt::Debug for Variables {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// Reads the text of a call that ends in (buffer, size, length).
///
/// # Safety
/// The call must write at most `size` bytes.
pub(crate) unsafe fn text_of(
    mut call: impl FnMut(*mut std::os::raw::c_char, usize, *mut usize) -> gopm_status,
) -> Result<String> {
    let mut length = 0;
    crate::error::check(call(null_mut(), 0, &mut length))?;
    let mut buffer: Vec<u8> = crate::record::room(length + 1)?;
    let room = length + 1;
    crate::error::check(call(buffer.as_mut_ptr().cast(), room, &mut length))?;
    buffer.set_len(length.min(room - 1));
    Ok(match String::from_utf8(buffer) {
        Ok(text) => text,
        Err(bytes) => String::from_utf8_lossy(bytes.as_bytes()).into_owned(),
    })
}
