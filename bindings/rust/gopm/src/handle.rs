// SPDX-License-Identifier: Apache-2.0
//! Handles of the library, which are released when they are dropped.
use crate::core::Core;
use crate::error::{Error, Result};
use gopm_sys::{gopm_error, gopm_status};
use std::ptr::{null_mut, NonNull};

/// A handle, and the core that it needs. It may move to other threads; whether several threads may use it is for its user
/// to say.
pub(crate) struct Handle<T> {
    pointer: NonNull<T>,
    free: unsafe extern "C" fn(*mut T),
    core: Core,
}

impl<T> Handle<T> {
    /// Calls a function that ends in (out, err).
    ///
    /// # Safety
    /// The call must make a handle that `free` releases.
    pub(crate) unsafe fn new(
        core: &Core,
        free: unsafe extern "C" fn(*mut T),
        call: impl FnOnce(*mut *mut T, *mut *mut gopm_error) -> gopm_status,
    ) -> Result<Handle<T>> {
        let pointer = made(call)?;
        Ok(Handle {
            pointer,
            free,
            core: core.clone(),
        })
    }

    pub(crate) fn pointer(&self) -> *mut T {
        self.pointer.as_ptr()
    }

    pub(crate) fn core(&self) -> &Core {
        &self.core
    }
}

impl<T> Drop for Handle<T> {
    fn drop(&mut self) {
        // SAFETY: the handle is ours, and is not used after this. Its core is released later.
        unsafe { (self.free)(self.pointer.as_ptr()) }
    }
}

// SAFETY: the library has no state of threads; one thread at a time may use any handle.
unsafe impl<T> Send for Handle<T> {}

/// Calls a function that ends in (out, err).
///
/// # Safety
/// The call must set its out-pointers.
pub(crate) unsafe fn made<T>(
    call: impl FnOnce(*mut *mut T, *mut *mut gopm_error) -> gopm_status,
) -> Result<NonNull<T>> {
    let (mut out, mut err) = (null_mut(), null_mut());
    let status = call(&mut out, &mut err);
    Error::result(status, err)?;
    NonNull::new(out).ok_or_else(|| Error::of(crate::kinds::Status::NOT_FOUND))
}
