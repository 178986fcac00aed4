// SPDX-License-Identifier: Apache-2.0
//! Types, objects, profiles, small cores.
mod support;

use gopm::{
    Compression, Core, Filter, Kind, ObjectKind, ObjectsOptions, ProfileKind, Side, SlimOptions,
    SlimProfile, Status,
};
use gopm::{TypeSource, ValueOptions};
use std::io::{self, Write};
use std::path::PathBuf;
use support::*;

/// A path in a folder of its own, which is removed.
struct Temporary(PathBuf);

impl Temporary {
    fn new(name: &str) -> Temporary {
        let folder = std::env::temp_dir().join(format!("gopm-rust-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Temporary(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

#[test]
fn types() {
    let core = open();
    let metrics = core.type_by_name("main.Metrics").unwrap();
    assert_eq!(
        (
            metrics.kind(),
            metrics.name().to_string(),
            metrics.info().source()
        ),
        (Kind::STRUCT, "main.Metrics".into(), TypeSource::DWARF)
    );
    let names: Vec<_> = metrics
        .fields()
        .unwrap()
        .iter()
        .map(|field| field.name().to_string())
        .collect();
    assert_eq!(
        names,
        ["Name", "inChannel", "mutex", "counters", "longest", "delay"]
    );
    assert_eq!(
        metrics.field_type(3).unwrap().key().unwrap().to_string(),
        "string"
    );
    assert_eq!(
        metrics.field_type(1).unwrap().elem().unwrap().name(),
        "main.Metric"
    );
    assert_eq!(
        metrics.field_type(99).unwrap_err().status(),
        Status::NOT_FOUND
    );
    assert_eq!(metrics.elem().unwrap_err().status(), Status::NOT_FOUND);
    let pointer = core.type_by_name("*main.Metrics").unwrap();
    let methods = pointer.methods().unwrap();
    let functions: Vec<_> = methods
        .iter()
        .map(|method| method.name().to_string())
        .collect();
    assert!(
        functions.windows(2).all(|pair| pair[0] < pair[1]),
        "{functions:?}"
    );
    let m = metrics_value(&core);
    assert_eq!(m.declared_type().unwrap().name(), "*main.Metrics");
    let same = metrics
        .value_at(m.as_u64().unwrap(), &ValueOptions::new())
        .unwrap();
    assert_eq!(same.field("Name").unwrap().to_str().unwrap(), "server");
    let descriptor = pointer.info().descriptor();
    assert_eq!(
        core.type_by_descriptor(descriptor).unwrap().name(),
        "*main.Metrics"
    );
    assert_eq!(
        core.type_by_name("main.Nothing").unwrap_err().message(),
        "no type main.Nothing"
    );
    assert_eq!(
        core.type_by_descriptor(16).unwrap_err().status(),
        Status::NOT_FOUND
    );
}

fn metrics_value(core: &Core) -> gopm::Value {
    metrics(&consumer(core))
}

#[test]
fn objects() {
    let core = open();
    let objects = core.objects(&ObjectsOptions::new()).unwrap();
    let all = objects.list(0, usize::MAX).unwrap();
    assert_eq!(all.len(), objects.count().unwrap());
    assert_eq!(objects.list(1, 2).unwrap(), all[1..3]);
    assert_eq!(objects.list(all.len(), 5).unwrap(), []);
    let channel = all
        .iter()
        .find(|object| object.address() == 0x39a125340070)
        .unwrap();
    assert_eq!(
        (channel.kind(), channel.goroutines(), channel.capacity()),
        (ObjectKind::CHAN, 1001, 100)
    );
    let waiters = objects.waiters(channel.address()).unwrap();
    assert_eq!(waiters.len(), 1001);
    assert!(waiters.iter().all(|waiter| waiter.side() == Side::SENDS));
    assert_eq!(objects.waiters(16).unwrap_err().status(), Status::NOT_FOUND);
    let heap = core.heap().unwrap();
    let one = core
        .objects(&ObjectsOptions::new().heap(&heap).address(channel.address()))
        .unwrap();
    drop(heap);
    assert_eq!(one.list(0, 10).unwrap()[0].in_(), "main.Metrics.inChannel");
    assert_eq!(
        core.objects(&ObjectsOptions::new().address(16))
            .unwrap_err()
            .status(),
        Status::NOT_FOUND
    );
}

#[test]
fn profiles() {
    let core = open();
    let folder = Temporary::new("profiles");
    let goroutines = core.profile(ProfileKind::GOROUTINE).unwrap();
    let samples = goroutines.samples().unwrap();
    let users = core
        .goroutines(&Filter::new().system(false))
        .unwrap()
        .collect::<Result<Vec<_>, _>>()
        .unwrap();
    // runtime/pprof leaves out the goroutines of the runtime.
    assert_eq!(
        samples.iter().map(|sample| sample.values()[0]).sum::<i64>(),
        users.len() as i64
    );
    assert_eq!(goroutines.info().values()[0], users.len() as i64);
    let most = (0..samples.len())
        .max_by_key(|&index| samples[index].values()[0])
        .unwrap() as u64;
    assert!(goroutines.frames(most).unwrap().iter().any(|frame| {
        ["main.(*Metrics).CountS", "net.(*netFD).Read"]
            .contains(&frame.function().to_str().unwrap())
    }));
    assert!(goroutines.labels(most).unwrap().is_empty());
    assert_eq!(
        goroutines.frames(1 << 40).unwrap_err().status(),
        Status::NOT_FOUND
    );
    goroutines.save(folder.path("profile.gz")).unwrap();
    assert_eq!(
        goroutines
            .save(folder.path("profile.gz"))
            .unwrap_err()
            .status(),
        Status::EXISTS
    );
    let mut bytes = Vec::new();
    goroutines.write(&mut bytes).unwrap();
    assert_eq!(bytes, std::fs::read(folder.path("profile.gz")).unwrap());
    assert_eq!(bytes[..2], [0x1f, 0x8b]);
    assert_eq!(
        core.profile(ProfileKind(99)).unwrap_err().status(),
        Status::ARGUMENT
    );
}

struct Panicking;

impl Write for Panicking {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        panic!("mine")
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn small_cores() {
    let folder = Temporary::new("slim");
    let to = folder.path("small.zst");
    let slim = |options: &SlimOptions| {
        Core::options()
            .exe(exe_path())
            .slim(core_path(), &to, options)
    };
    let result = slim(&SlimOptions::new()).unwrap();
    assert_eq!(
        (result.goroutine_count(), result.file_size()),
        (2010, std::fs::metadata(&to).unwrap().len())
    );
    assert_eq!(
        slim(&SlimOptions::new()).unwrap_err().status(),
        Status::EXISTS
    );
    let small = Core::open_with(&to, exe_path()).unwrap();
    assert_eq!(
        (
            small.info().slim_profile(),
            small.info().compression().to_string()
        ),
        (SlimProfile::DEFAULT, "zstd".into())
    );
    assert_eq!(small.goroutines(&Filter::new()).unwrap().count(), 2010);
    assert_eq!(
        metrics_value(&small)
            .field("Name")
            .unwrap()
            .to_str()
            .unwrap(),
        "server"
    );
    slim(&SlimOptions::new().profile(SlimProfile::STACKS).replace()).unwrap();
    let mut bytes = Vec::new();
    let plain = SlimOptions::new()
        .compression(Compression::NONE)
        .self_contained();
    let result = Core::options()
        .exe(exe_path())
        .slim_to(core_path(), &mut bytes, &plain)
        .unwrap();
    assert_eq!(
        (result.file_size() as usize, &bytes[..4]),
        (bytes.len(), &b"\x7fELF"[..])
    );
    let alone = Core::options().no_search().open_bytes(bytes).unwrap();
    assert_eq!(
        alone.stack(20).unwrap().frame(3).unwrap().function(),
        "main.(*Metrics).SetM"
    );
    let panic = panic_of(|| {
        Core::options()
            .exe(exe_path())
            .slim_to(core_path(), &mut Panicking, &SlimOptions::new())
            .unwrap();
    });
    assert_eq!(panic, "mine");
    assert_eq!(
        Core::options()
            .snapshot(0, &to, &SlimOptions::new())
            .unwrap_err()
            .status(),
        Status::ARGUMENT
    );
}
