// SPDX-License-Identifier: Apache-2.0
//! Shared by the tests: the sample, of which the program, the runtime and Delve say what is expected.
#![allow(dead_code)]
use gopm::{Core, Stack, Value};
use std::path::PathBuf;

/// `GOPM_SAMPLE`, or its place in the repository.
fn sample() -> PathBuf {
    match std::env::var_os("GOPM_SAMPLE") {
        Some(folder) => folder.into(),
        None => concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../../examples/story/sample"
        )
        .into(),
    }
}

pub fn core_path() -> PathBuf {
    sample().join("core.zst")
}

pub fn exe_path() -> PathBuf {
    sample().join("server")
}

pub fn open() -> Core {
    Core::open_with(core_path(), exe_path()).unwrap()
}

/// The consumer of the channel, which sends to it.
pub fn consumer(core: &Core) -> Stack {
    core.stack(20).unwrap()
}

pub fn metrics(stack: &Stack) -> Value {
    stack
        .frame(3)
        .unwrap()
        .variables()
        .unwrap()
        .get("m")
        .unwrap()
        .unwrap()
}

/// The message of a panic.
pub fn panic_of(call: impl FnOnce()) -> String {
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(call)).unwrap_err();
    panic
        .downcast_ref::<&str>()
        .expect("a panic with a literal")
        .to_string()
}
