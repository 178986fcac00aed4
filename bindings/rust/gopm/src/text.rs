// SPDX-License-Identifier: Apache-2.0
//! Strings of the program: bytes, mostly UTF-8.
use crate::record::FromRaw;
use gopm_sys::{gopm_escape, gopm_str, GOPM_OK};
use std::borrow::Cow;
use std::fmt;
use std::ptr::null_mut;

/// A string of the core or the executable. It may have any bytes: whoever wrote the core wrote them.
///
/// It compares with `str`. `Display` escapes what is not safe to print: control characters, bidirectional controls, and
/// bytes that are not UTF-8 as `\xff`.
///
/// ```no_run
/// # fn main() -> gopm::Result<()> {
/// let core = gopm::Core::open_with("core", "server")?;
/// let goroutine = core.goroutine(20)?;
/// assert_eq!(goroutine.wait_reason(), "chan send");
/// println!("{}", goroutine.user().function());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<'a>(&'a [u8]);

impl<'a> Text<'a> {
    /// Its bytes.
    pub fn as_bytes(self) -> &'a [u8] {
        self.0
    }

    /// The string, if it is UTF-8.
    pub fn to_str(self) -> std::result::Result<&'a str, std::str::Utf8Error> {
        std::str::from_utf8(self.0)
    }

    /// The string, with U+FFFD for what is not UTF-8.
    pub fn to_string_lossy(self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.0)
    }

    /// True if it has no bytes, which mostly means "unknown" or "none".
    pub fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// The number of bytes.
    pub fn len(self) -> usize {
        self.0.len()
    }

    fn is_safe(self) -> bool {
        self.0.iter().all(|byte| (0x20..0x7f).contains(byte))
    }

    /// As gopm_escape() writes it.
    fn escaped(self) -> String {
        let mut length = 0;
        let (at, size) = (self.0.as_ptr().cast(), self.0.len());
        // SAFETY: the call reads the bytes of this text, and writes at most the size of the buffer.
        unsafe {
            if gopm_escape(at, size, 0, null_mut(), 0, &mut length) != GOPM_OK {
                return self.to_string_lossy().into_owned();
            }
            let mut buffer = vec![0u8; length + 1];
            gopm_escape(
                at,
                size,
                0,
                buffer.as_mut_ptr().cast(),
                buffer.len(),
                &mut length,
            );
            buffer.truncate(length);
            String::from_utf8_lossy(&buffer).into_owned()
        }
    }
}

impl FromRaw<gopm_str> for Text<'_> {
    #[inline]
    unsafe fn from_raw(raw: gopm_str) -> Self {
        if raw.size == 0 {
            return Text(&[]);
        }
        Text(std::slice::from_raw_parts(raw.data.cast(), raw.size))
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_str() {
            Ok(text) if self.is_safe() => f.pad(text),
            _ => f.pad(&self.escaped()),
        }
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_str() {
            Ok(text) => fmt::Debug::fmt(text, f),
            Err(_) => write!(f, "\"{}\"", self.0.escape_ascii()),
        }
    }
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Text(text.as_bytes())
    }
}

impl AsRef<[u8]> for Text<'_> {
    fn as_ref(&self) -> &[u8] {
        self.0
    }
}

impl PartialEq<str> for Text<'_> {
    fn eq(&self, other: &str) -> bool {
        self.0 == other.as_bytes()
    }
}

impl PartialEq<&str> for Text<'_> {
    fn eq(&self, other: &&str) -> bool {
        self.0 == other.as_bytes()
    }
}

/// As `Display` writes it, so that a program may print what it reads.
#[cfg(feature = "serde")]
impl serde::Serialize for Text<'_> {
    fn serialize<S: serde::Serializer>(
        &self,
        serializer: S,
    ) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
