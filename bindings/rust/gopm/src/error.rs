// SPDX-License-Identifier: Apache-2.0
//! Why a call failed.
use crate::kinds::Status;
use gopm_sys::*;
use std::ffi::{CStr, CString, OsStr};
use std::fmt;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// The result of calls that can fail.
pub type Result<T> = std::result::Result<T, Error>;

/// A failed call: a status for programs, and a message for people.
///
/// ```no_run
/// let error = gopm::Core::open("/nonexistent/core").unwrap_err();
/// assert_eq!(error.status(), gopm::Status::IO);
/// assert_eq!(error.path().unwrap().to_str(), Some("/nonexistent/core"));
/// eprintln!("{error}");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    status: Status,
    message: String,
    path: Option<PathBuf>,
    offset: Option<u64>,
    expression_offset: Option<u64>,
    address: Option<u64>,
}

impl Error {
    /// The status of the library. Absence is `Status::NOT_FOUND`.
    pub fn status(&self) -> Status {
        self.status
    }

    /// One line for people: the file, the place in it, and what was expected there. It is safe to print.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The file that caused the failure.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// The byte offset in that file.
    pub fn offset(&self) -> Option<u64> {
        self.offset
    }

    /// The byte offset in the expression that was evaluated.
    pub fn expression_offset(&self) -> Option<u64> {
        self.expression_offset
    }

    /// The address in the dead process.
    pub fn address(&self) -> Option<u64> {
        self.address
    }

    /// An error with the library's text for its status.
    pub(crate) fn of(status: Status) -> Error {
        // SAFETY: the text is static.
        let text = unsafe { CStr::from_ptr(gopm_status_text(status.0)) };
        Error::new(status, text.to_string_lossy())
    }

    pub(crate) fn new(status: Status, message: impl Into<String>) -> Error {
        Error {
            status,
            message: message.into(),
            path: None,
            offset: None,
            expression_offset: None,
            address: None,
        }
    }

    pub(crate) fn at(mut self, address: u64) -> Error {
        self.address = Some(address);
        self
    }

    /// With another message if the status is NOT_FOUND, which has none of its own.
    pub(crate) fn missing(self, what: impl FnOnce() -> String) -> Error {
        match self.status {
            Status::NOT_FOUND => Error {
                message: what(),
                ..self
            },
            _ => self,
        }
    }

    /// `Ok` for GOPM_OK. Frees `err`.
    ///
    /// # Safety
    /// `err` must be NULL or an error that the caller owns.
    pub(crate) unsafe fn result(status: gopm_status, err: *mut gopm_error) -> Result<()> {
        if status == GOPM_OK {
            return Ok(());
        }
        if err.is_null() {
            return Err(Error::of(Status(status)));
        }
        let known = |value| (value != GOPM_NO_OFFSET).then_some(value);
        let path = gopm_error_path(err);
        let error = Error {
            status: Status(status),
            message: CStr::from_ptr(gopm_error_message(err))
                .to_string_lossy()
                .into_owned(),
            path: (!path.is_null())
                .then(|| PathBuf::from(OsStr::from_bytes(CStr::from_ptr(path).to_bytes()))),
            offset: known(gopm_error_offset(err)),
            expression_offset: known(gopm_error_expression_offset(err)),
            address: known(gopm_error_address(err)),
        };
        gopm_error_free(err);
        Err(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// `Ok` for GOPM_OK, of a call without an error object.
pub(crate) fn check(status: gopm_status) -> Result<()> {
    match Status(status) {
        Status::OK => Ok(()),
        status => Err(Error::of(status)),
    }
}

/// A text for C.
pub(crate) fn c_text(text: impl AsRef<[u8]>) -> Result<CString> {
    CString::new(text.as_ref()).map_err(|_| Error::new(Status::ARGUMENT, "text has a NUL byte"))
}
