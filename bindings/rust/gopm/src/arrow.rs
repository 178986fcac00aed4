// SPDX-License-Identifier: Apache-2.0
//! Goroutines as columns, by the Arrow C stream interface.
use crate::core::Core;
use crate::error::{Error, Result};
use crate::filter::Filter;
use gopm_sys::{gopm_goroutines_arrow, ArrowArrayStream};
use std::mem::zeroed;
use std::ptr::null_mut;

/// A stream of record batches of goroutines; gopm/arrow.h lists the columns. Give [`as_mut_ptr`](ArrowStream::as_mut_ptr) to a library
/// that reads the Arrow C stream interface: in the crate `arrow`, `ArrowArrayStreamReader::from_raw(stream.as_mut_ptr().cast())`
/// takes it over.
pub struct ArrowStream {
    stream: Box<ArrowArrayStream>,
    // Memory that the library reads must not go before the stream.
    _core: Core,
}

// SAFETY: one thread at a time may use it.
unsafe impl Send for ArrowStream {}

impl Core {
    /// The goroutines that match all conditions, as columns.
    pub fn goroutines_arrow(&self, filter: &Filter) -> Result<ArrowStream> {
        let wanted = filter.raw(None)?;
        // SAFETY: the call fills the stream on success, and copies what the filter points to.
        unsafe {
            let (mut stream, mut err): (Box<ArrowArrayStream>, _) =
                (Box::new(zeroed()), null_mut());
            let status = gopm_goroutines_arrow(self.pointer(), &wanted.raw, &mut *stream, &mut err);
            Error::result(status, err)?;
            Ok(ArrowStream {
                stream,
                _core: self.clone(),
            })
        }
    }
}

impl ArrowStream {
    /// The struct of the C stream interface. Who takes it over sets its `release` to `None`. If the core was opened from memory or by a
    /// function, the new owner must not use the stream after this object is dropped.
    pub fn as_mut_ptr(&mut self) -> *mut ArrowArrayStream {
        &mut *self.stream
    }
}

impl Drop for ArrowStream {
    fn drop(&mut self) {
        if let Some(release) = self.stream.release {
            // SAFETY: nobody has taken the stream over.
            unsafe { release(&mut *self.stream) }
        }
    }
}

impl std::fmt::Debug for ArrowStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ArrowStream of {:?}", self._core)
    }
}
