// SPDX-License-Identifier: Apache-2.0

//! A static library of Rust for a Go program: generic functions, closures, methods of a trait, modules, and inlined calls.
//! A function that has work to do after a call is not left by a jump.
use std::hint::black_box;
use std::os::raw::c_int;

type Callback = extern "C" fn(c_int, c_int) -> c_int;

extern "C" {
    fn goMiddle(kind: c_int, depth: c_int) -> c_int;
    fn pause() -> c_int;
    fn c_middle(function: Callback, kind: c_int, depth: c_int) -> c_int;
}

trait End {
    fn end(&self, at: *const i32) -> i32;
}

struct Fault;
struct Other<T> {
    kind: T,
}

#[inline(always)]
fn inlined(at: *const i32) -> i32 {
    unsafe { at.add(4).read_volatile() + 1 }
}

impl End for Fault {
    #[inline(never)]
    fn end(&self, at: *const i32) -> i32 {
        black_box(inlined(at)) + 1
    }
}

impl<T: Into<i32> + Copy> End for Other<T> {
    #[inline(never)]
    fn end(&self, at: *const i32) -> i32 {
        match self.kind.into() {
            1 => std::process::abort(),
            2 => panic!("a panic of Rust in a program of Go"),
            3 => ends::wait(),
            4 => black_box(&[1, 2, 3][..])[black_box(at as usize) + 3],
            _ => 0,
        }
    }
}

mod ends {
    pub mod deep {
        use std::fmt::Debug;
        use std::hint::black_box;

        /// Rust, to Rust in a closure, to Rust.
        #[inline(never)]
        pub fn go<T: Debug>(tag: T, n: i32, end: &dyn super::super::End) -> i32 {
            let below = |n: i32| -> i32 {
                if n == 0 {
                    end.end(black_box(std::ptr::null()))
                } else {
                    go::<Option<i64>>(Some(7), n - 1, end)
                }
            };
            let k = black_box(call(&below, n));
            black_box(&tag);
            k + n
        }

        #[inline(never)]
        fn call(function: &dyn Fn(i32) -> i32, n: i32) -> i32 {
            black_box(function(n)) + 1
        }
    }

    #[inline(never)]
    pub fn wait() -> i32 {
        loop {
            unsafe { super::pause() };
        }
    }
}

extern "C" fn from_c(kind: c_int, depth: c_int) -> c_int {
    let end: Box<dyn End> = match kind {
        0 => Box::new(Fault),
        _ => Box::new(Other { kind: kind as i16 }),
    };
    black_box(ends::deep::go("tag", depth, &*end)) + 1
}

/// Go, to Rust, to C, to Rust.
#[no_mangle]
pub extern "C" fn rust_inner(kind: c_int, depth: c_int) -> c_int {
    unsafe { black_box(c_middle(from_c, kind, depth)) + 1 }
}

/// Go, to Rust, to Go.
#[no_mangle]
pub extern "C" fn rust_begin(kind: c_int, depth: c_int) -> c_int {
    unsafe { black_box(goMiddle(kind, depth)) + 1 }
}
