// SPDX-License-Identifier: Apache-2.0
//! Raw declarations of libgopm: its constants, structs and functions, with the names and comments of
//! the headers. The crate `gopm` has a safe interface to them.
//!
//! The library is found by pkg-config, or in the folder that the environment variable
//! `GOPM_LIB_DIR` names when the crate is built.
#![allow(non_camel_case_types)]

// The generator formats these.
#[rustfmt::skip]
mod constants;
#[rustfmt::skip]
mod functions;
#[rustfmt::skip]
mod layouts;
#[rustfmt::skip]
mod structs;

pub use constants::*;
pub use functions::*;
pub use structs::*;
