// SPDX-License-Identifier: Apache-2.0
//! Opening, facts, threads, memory, symbols, tracebacks.
mod support;

use gopm::{Core, Fields, Filter, Status, TracebackLevel, TracebackOptions};
use std::fs::{read, File};
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use support::*;

#[test]
fn info() {
    let core = open();
    let info = core.info();
    assert_eq!(info.machine(), "amd64");
    assert_eq!(info.compression(), "zstd");
    assert_eq!(info.core_path(), core_path().to_str().unwrap());
    assert!(info.go_version().to_str().unwrap().starts_with("go1."));
    assert_eq!(
        core.build_info().unwrap().unwrap().go_version(),
        info.go_version()
    );
    assert!(core
        .build_settings()
        .unwrap()
        .iter()
        .any(|setting| setting.key() == "GOARCH" && setting.value() == "amd64"));
    assert!(format!("{core:?}").contains("core.zst"));
}

#[test]
fn version() {
    assert_eq!(gopm::version_number(), gopm::sys::GOPM_VERSION_NUMBER);
    assert_eq!(gopm::version(), env!("CARGO_PKG_VERSION"));
}

#[test]
fn failures_say_what_and_where() {
    let error = Core::open("/nonexistent/core").unwrap_err();
    assert_eq!(error.status(), Status::IO);
    assert_eq!(
        error.path().unwrap(),
        std::path::Path::new("/nonexistent/core")
    );
    assert!(error.to_string().contains("/nonexistent/core"));
    assert_eq!(std::error::Error::source(&error).map(|_| ()), None);
    let error = Core::open_with(exe_path(), exe_path()).unwrap_err();
    assert_eq!(
        (error.status(), error.path()),
        (Status::FORMAT, Some(exe_path().as_path()))
    );
    assert_eq!(Core::open("a\0b").unwrap_err().status(), Status::ARGUMENT);
    assert_eq!(
        Core::options().attach(0).unwrap_err().status(),
        Status::ARGUMENT
    );
    // The kernel has at most 2^22 processes.
    assert_eq!(
        Core::options().attach(1 << 30).unwrap_err().status(),
        Status::NO_PROCESS
    );
    for bytes in [&b"not a core"[..], b""] {
        let error = Core::options().open_bytes(bytes).unwrap_err();
        assert!(error.status() < Status::OK, "{error}");
    }
}

#[test]
fn other_sources() {
    let exe: Vec<u8> = read(exe_path()).unwrap();
    let core = Core::options()
        .exe_bytes(exe)
        .open_bytes(read(core_path()).unwrap())
        .unwrap();
    let stack = core.stack(20).unwrap();
    drop(core);
    // The stack keeps the core, and both files in memory.
    assert_eq!(
        metrics(&stack).field("Name").unwrap().to_str().unwrap(),
        "server"
    );
    let file = File::open(core_path()).unwrap();
    let core = Core::options().exe(exe_path()).open_file(&file).unwrap();
    drop(file);
    assert_eq!(core.goroutine(20).unwrap().wait_reason(), "chan send");
    // SAFETY: nothing changes the files.
    let core = unsafe { Core::options().exe(exe_path()).map() }
        .no_dwarf()
        .no_search()
        .open(core_path())
        .unwrap();
    assert_eq!(core.goroutine(20).unwrap().wait_reason(), "chan send");
    assert!(!core.info().flags().contains(gopm::CoreFlags::HAS_DWARF));
}

/// A function that reads the sample, and fails from some call on.
fn reader(
    mut calls: usize,
    fail: fn() -> io::Result<usize>,
) -> (u64, impl FnMut(u64, &mut [u8]) -> io::Result<usize> + Send) {
    let file = File::open(core_path()).unwrap();
    let size = file.metadata().unwrap().len();
    let read_at = move |offset, buffer: &mut [u8]| {
        if calls == 0 {
            return fail();
        }
        calls -= 1;
        file.read_at(buffer, offset)
    };
    (size, read_at)
}

#[test]
fn functions_that_read() {
    let (size, read_at) = reader(usize::MAX, || Ok(0));
    let core = Core::options()
        .exe(exe_path())
        .open_reader(size, read_at)
        .unwrap();
    let stack = core.stack(20).unwrap();
    drop(core);
    assert_eq!(
        metrics(&stack).field("Name").unwrap().to_str().unwrap(),
        "server"
    );
    for fail in [
        || Err(io::ErrorKind::Other.into()),
        || panic!("mine"),
        || Ok(usize::MAX),
    ] {
        let (size, read_at) = reader(1, fail);
        let error = Core::options()
            .exe(exe_path())
            .open_reader(size, read_at)
            .unwrap_err();
        assert_eq!(error.status(), Status::IO);
    }
}

#[test]
fn columns() {
    let core = open();
    let mut stream = core
        .goroutines_arrow(&Filter::new().wait_reason("chan send"))
        .unwrap();
    drop(core);
    let pointer = stream.as_mut_ptr();
    let mut rows = 0;
    // SAFETY: the stream is read as the Arrow C stream interface says.
    unsafe {
        loop {
            let mut batch: gopm::sys::ArrowArray = std::mem::zeroed();
            assert_eq!((*pointer).get_next.unwrap()(pointer, &mut batch), 0);
            match batch.release {
                Some(release) => {
                    rows += batch.length;
                    release(&mut batch);
                }
                None => break,
            }
        }
    }
    assert_eq!(rows, 1001);
    assert_eq!(
        open()
            .goroutines_arrow(&Filter::new().id(0))
            .unwrap_err()
            .status(),
        Status::ARGUMENT
    );
}

#[test]
fn limits() {
    let core = Core::options()
        .exe(exe_path())
        .max_frames(2)
        .open(core_path())
        .unwrap();
    assert_eq!(core.stack(20).unwrap().end(), gopm::StackEnd::LIMIT);
    let error = Core::options()
        .exe(exe_path())
        .max_unpacked_size(4096)
        .open(core_path())
        .unwrap_err();
    assert_eq!(error.status(), Status::LIMIT);
}

#[test]
fn threads() {
    let core = open();
    let threads = core.threads().unwrap();
    assert_eq!(threads.len() as u64, core.info().thread_count());
    for thread in &threads {
        let registers = core.registers(thread).unwrap();
        let rip = registers
            .iter()
            .find(|register| register.name() == "rip")
            .unwrap();
        assert_eq!(rip.value(), thread.pc());
        let stack = core.stack(thread).unwrap();
        assert_eq!(stack.frame(0).unwrap().registers().unwrap(), registers);
    }
}

#[test]
fn memory_and_symbols() {
    let core = open();
    let main = core.goroutine(1).unwrap();
    let mut word = [0; 8];
    core.read_memory(main.address(), &mut word).unwrap();
    // g.stack.lo is the first word of a g.
    assert_eq!(u64::from_le_bytes(word), main.stack_lo());
    let error = core.read_memory(16, &mut word).unwrap_err();
    assert_eq!(
        (error.status(), error.address()),
        (Status::MISSING_MEMORY, Some(16))
    );
    core.read_memory(16, &mut []).unwrap();
    assert_eq!(
        core.symbolize(main.start().entry()).unwrap()[0].function(),
        "runtime.main"
    );
    assert_eq!(core.symbolize(1).unwrap(), []);
    assert_eq!(core.symbol_name(main.start().function()), "runtime.main");
    let inside =
        |m: &gopm::Mapping<'_>| (m.address()..m.address() + m.size()).contains(&main.address());
    assert!(core.mappings().unwrap().iter().any(inside));
    assert!(core
        .modules()
        .unwrap()
        .iter()
        .any(|m| m.flags().contains(gopm::ModuleFlags::PROGRAM)));
    assert_eq!(
        core.findings()
            .unwrap()
            .iter()
            .map(|f| f.count())
            .sum::<u64>(),
        core.finding_count()
    );
}

#[test]
fn traceback() {
    let core = open();
    let text = core
        .traceback(&TracebackOptions::new().goroutine(20))
        .unwrap();
    assert!(text.starts_with("goroutine 20 [chan send"), "{text}");
    assert!(text.contains("created by main.NewMetrics"), "{text}");
    let all = core
        .traceback(&TracebackOptions::new().level(TracebackLevel::SYSTEM))
        .unwrap();
    assert_eq!(
        all.lines()
            .filter(|line| line.starts_with("goroutine "))
            .count(),
        2010
    );
    let missing = core
        .traceback(&TracebackOptions::new().goroutine(1 << 40))
        .unwrap_err();
    assert_eq!(
        (missing.status(), missing.message()),
        (Status::NOT_FOUND, "no goroutine 1099511627776")
    );
}

struct Failing(bool);

impl Write for Failing {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        if self.0 {
            panic!("mine");
        }
        Err(io::Error::new(io::ErrorKind::Other, "disk full"))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn writers_that_fail() {
    let core = open();
    let error = core
        .write_traceback(&mut Failing(false), &TracebackOptions::new())
        .unwrap_err();
    assert_eq!((error.status(), error.message()), (Status::IO, "disk full"));
    let panic = panic_of(|| {
        core.write_traceback(&mut Failing(true), &TracebackOptions::new())
            .unwrap()
    });
    assert_eq!(panic, "mine");
    assert_eq!(core.goroutine(20).unwrap().id(), 20);
}

#[test]
fn kinds() {
    assert_eq!(Status::CANCELLED.to_string(), "cancelled");
    assert_eq!(format!("{:?}", Status(-99)), "Status(-99)");
    assert_eq!(
        Fields::ALL.names().collect::<Vec<_>>(),
        ["current", "user", "go", "start", "wait", "labels"]
    );
    assert!(
        Fields::ALL.contains(Fields::USER | Fields::GO) && !Fields::NONE.contains(Fields::USER)
    );
}
