// SPDX-License-Identifier: Apache-2.0
//! Postmortem analysis of Go programs from their cores: goroutines, stacks, values, deadlocks, the heap.
//!
//! ```no_run
//! use gopm::{Core, Filter, GroupBy};
//!
//! # fn main() -> gopm::Result<()> {
//! let core = Core::open_with("core", "server")?;
//! for group in &core.groups(GroupBy::USER, &Filter::new())? {
//!     println!("{:8} {}", group.count(), group.location().function());
//! }
//! let stack = core.stack(20)?;
//! let m = stack.frame(3).unwrap().variables()?.get("m")?.unwrap();
//! println!("{} of {}", m.field("inChannel")?.length()?, m.field("inChannel")?.capacity()?);
//! println!("{}", core.why()?);
//! # Ok(())
//! # }
//! ```
//!
//! # Lives
//!
//! [`Core`], [`Stack`], [`Value`], [`Heap`], [`Why`] and other handles own what they need: they may be dropped in any order, and
//! the core is closed after the last of them. Records such as [`Goroutine`] are plain data that borrow their strings from the
//! handle that made them.
//!
//! # Threads
//!
//! [`Core`], [`Heap`], [`Why`], [`Type`], [`Objects`] and all records are `Send` and `Sync`. Stacks, variables, values, profiles and
//! iterators are `Send`.
//!
//! # Callbacks
//!
//! Long calls have a variant with a callback, which is told of their progress and can end them. It must not use the core
//! or its heap, which would wait for the call. If it panics, the call ends, and then the panic continues.
//! If a function that reads a core panics, the read has failed: other threads may be waiting for it.
//!
//! # Features
//!
//! `serde`: records and kinds implement `Serialize`, with the names of the headers.
#![deny(missing_docs, missing_debug_implementations)]

#[macro_use]
mod macros;
mod arrow;
mod core;
mod error;
mod filter;
mod goroutine;
mod handle;
mod heap;
mod json;
// The generator formats these.
#[rustfmt::skip]
mod kinds;
mod objects;
mod open;
mod output;
mod profile;
mod progress;
mod reader;
mod record;
#[rustfmt::skip]
mod records;
mod slim;
mod stack;
mod text;
mod traceback;
mod types;
mod value;
mod variables;
mod why;

pub use crate::arrow::ArrowStream;
pub use crate::core::Core;
pub use crate::error::{Error, Result};
pub use crate::filter::Filter;
pub use crate::goroutine::{Goroutines, Groups, BATCH};
pub use crate::heap::{Heap, HeapFilter, HeapNodes, HeapObjects, HeapPath};
pub use crate::kinds::*;
pub use crate::objects::{Objects, ObjectsOptions};
pub use crate::open::OpenOptions;
pub use crate::profile::Profile;
pub use crate::progress::Progress;
pub use crate::records::*;
pub use crate::slim::SlimOptions;
pub use crate::stack::{Frame, Frames, Stack, StackOf, StackOptions};
pub use crate::text::Text;
pub use crate::traceback::TracebackOptions;
pub use crate::types::Type;
pub use crate::value::Value;
pub use crate::variables::{ValueOptions, Variables};
pub use crate::why::{Why, WhyFinding, WhyOptions};
pub use gopm_sys as sys;

/// The version of the loaded library as text: "0.9.0".
pub fn version() -> &'static str {
    // SAFETY: the text is static.
    let text = unsafe { std::ffi::CStr::from_ptr(sys::gopm_version_string()) };
    text.to_str().unwrap_or_default()
}

/// The version of the loaded library: major * 1000000 + minor * 1000 + patch. `sys::GOPM_VERSION_NUMBER` is that of the headers.
pub fn version_number() -> u32 {
    // SAFETY: the call has no arguments.
    unsafe { sys::gopm_version_number() }
}
