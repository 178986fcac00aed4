// SPDX-License-Identifier: Apache-2.0
//! Files that a function of the program reads.
use std::io;
use std::os::raw::c_void;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::ptr::NonNull;

type Function = dyn FnMut(u64, &mut [u8]) -> io::Result<usize> + Send;

/// A function that reads, at a place that does not change. The library calls it on any thread, one call at a time.
pub(crate) struct Reader(NonNull<Box<Function>>);

impl Reader {
    pub(crate) fn new(
        function: impl FnMut(u64, &mut [u8]) -> io::Result<usize> + Send + 'static,
    ) -> Reader {
        let function: Box<Function> = Box::new(function);
        Reader(NonNull::from(Box::leak(Box::new(function))))
    }

    pub(crate) fn user_data(&self) -> *mut c_void {
        self.0.as_ptr().cast()
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        // SAFETY: it came from a Box, and the core that used it is closed.
        drop(unsafe { Box::from_raw(self.0.as_ptr()) });
    }
}

// SAFETY: the function is Send, and only the library calls it, one call at a time.
unsafe impl Send for Reader {}
// SAFETY: likewise.
unsafe impl Sync for Reader {}

/// A gopm_read_fn. A panic must not unwind through C, and the call may be of any thread: it is a failed read.
pub(crate) unsafe extern "C" fn read(
    user_data: *mut c_void,
    offset: u64,
    buffer: *mut c_void,
    size: usize,
) -> i64 {
    // SAFETY: options have the address of a Reader's function, and `buffer` has `size` bytes, which may not be initialized.
    let function = &mut *user_data.cast::<Box<Function>>();
    buffer.cast::<u8>().write_bytes(0, size);
    let buffer = std::slice::from_raw_parts_mut(buffer.cast::<u8>(), size);
    match catch_unwind(AssertUnwindSafe(|| function(offset, buffer))) {
        Ok(Ok(got)) if got <= size => got as i64,
        _ => -1,
    }
}
