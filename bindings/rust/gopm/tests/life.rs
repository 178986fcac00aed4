// SPDX-License-Identifier: Apache-2.0
//! Lives of handles, threads, and callbacks that cancel or panic.
mod support;

use gopm::{
    Core, Filter, Goroutine, Goroutines, GroupBy, Groups, Heap, HeapBy, HeapFilter, HeapNodes,
    HeapPath, Phase, Progress,
};
use gopm::{Stack, Status, Value, Variables, Why, WhyOptions};
use std::ops::ControlFlow::{self, Break, Continue};
use std::thread;
use support::*;

#[test]
fn what_threads_may_do() {
    fn send<T: Send>() {}
    fn shared<T: Send + Sync>() {}
    shared::<Core>();
    shared::<Heap>();
    shared::<Why>();
    shared::<Goroutine<'_>>();
    shared::<gopm::Error>();
    shared::<Filter>();
    send::<Goroutines<'_>>();
    send::<Groups>();
    send::<Stack>();
    send::<Variables>();
    send::<Value>();
    send::<HeapNodes>();
    send::<HeapPath>();
}

#[test]
fn children_keep_parents() {
    let core = open();
    let copy = core.clone();
    let stack = consumer(&core);
    let heap = core.heap().unwrap();
    let why = core.why_with(&WhyOptions::new().heap(&heap)).unwrap();
    drop(core);
    let variables = stack.frame(3).unwrap().variables().unwrap();
    drop(copy);
    drop(stack);
    let m = variables.get("m").unwrap().unwrap();
    drop(variables);
    let channel = m.field("inChannel").unwrap();
    drop(m);
    assert!(!channel
        .index(0)
        .unwrap()
        .field("Key")
        .unwrap()
        .to_str()
        .unwrap()
        .is_empty());
    assert_eq!(why.info().goroutines(), 2010);
    let nodes = heap.retained(HeapBy::TYPE, 1).unwrap();
    let path = heap.path(channel.as_u64().unwrap()).unwrap();
    drop((heap, channel));
    let finding = why.findings().next().unwrap();
    assert_eq!(
        finding.objects().unwrap()[0].in_(),
        "main.Metrics.inChannel"
    );
    drop(why);
    assert!(nodes.as_slice()[0].bytes() > 0);
    assert!(!path.text().is_empty() && !path.steps().unwrap().is_empty());
}

#[test]
fn any_order_of_drops() {
    for first in 0..6 {
        let core = open();
        let stack = consumer(&core);
        let variables = stack.frame(3).unwrap().variables().unwrap();
        let m = variables.get("m").unwrap().unwrap();
        let counters = m.field("counters").unwrap();
        let groups = core.groups(GroupBy::OBJECT, &Filter::new()).unwrap();
        let mut things: Vec<Box<dyn Send>> = vec![
            Box::new(core),
            Box::new(stack),
            Box::new(variables),
            Box::new(m),
            Box::new(counters),
            Box::new(groups),
        ];
        things.rotate_left(first);
        while let Some(thing) = things.pop() {
            drop(thing);
        }
    }
}

#[test]
fn threads_share_a_core() {
    let core = open();
    let heap = core.heap().unwrap();
    let why = core.why_with(&WhyOptions::new().heap(&heap)).unwrap();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(core.goroutines(&Filter::new()).unwrap().count(), 2010));
            scope.spawn(|| {
                assert_eq!(
                    core.groups(GroupBy::USER, &Filter::new())
                        .unwrap()
                        .as_slice()[0]
                        .count(),
                    1000
                )
            });
            scope.spawn(|| {
                let stack = consumer(&core);
                for frame in &stack {
                    for value in frame.variables().unwrap().iter() {
                        assert!(!value.unwrap().to_text().unwrap().is_empty());
                    }
                }
            });
            scope.spawn(|| {
                assert_eq!(
                    heap.objects(&HeapFilter::new()).unwrap().count() as u64,
                    heap.info().objects()
                )
            });
            scope.spawn(|| assert_eq!(why.chain(130).unwrap()[0].next(), 20));
        }
    });
}

#[test]
fn values_move_to_threads() {
    let core = open();
    let stack = consumer(&core);
    let variables = stack.frame(3).unwrap().variables().unwrap();
    let mut readers = Vec::new();
    for _ in 0..4 {
        let m = variables.get("m").unwrap().unwrap();
        readers.push(thread::spawn(move || {
            for _ in 0..20 {
                assert_eq!(m.field("Name").unwrap().to_str().unwrap(), "server");
                assert_eq!(
                    m.field("inChannel").unwrap().elements().unwrap().count(),
                    100
                );
            }
        }));
    }
    for frame in &stack {
        assert!(frame.variables().is_ok());
    }
    let mut goroutines = core.goroutines(&Filter::new()).unwrap();
    assert!(goroutines.next().is_some());
    thread::scope(|scope| {
        scope.spawn(move || assert_eq!(goroutines.count(), 2009));
    });
    for reader in readers {
        reader.join().unwrap();
    }
    thread::spawn(move || drop(stack)).join().unwrap();
}

#[test]
fn progress() {
    let mut seen = Vec::new();
    let options = Core::options().exe(exe_path()).progress(|now| {
        seen.push(now);
        Continue(())
    });
    options.open(core_path()).unwrap();
    assert!(!seen.is_empty());
    assert!(
        seen.iter()
            .all(|now| now.phase == Phase::UNPACK
                && now.total.map_or(true, |total| now.done <= total))
    );
    let error = Core::options()
        .exe(exe_path())
        .progress(|_| Break(()))
        .open(core_path())
        .unwrap_err();
    assert_eq!(error.status(), Status::CANCELLED);
}

/// The long calls, with a callback.
fn long_calls(
    core: &Core,
    callback: fn(Progress) -> ControlFlow<()>,
) -> Vec<Box<dyn Fn() -> gopm::Result<()> + '_>> {
    vec![
        Box::new(move || {
            Core::options()
                .exe(exe_path())
                .progress(callback)
                .open(core_path())
                .map(drop)
        }),
        Box::new(move || {
            core.goroutines_with_progress(&Filter::new(), callback)?
                .try_for_each(|g| g.map(drop))
        }),
        Box::new(move || {
            core.groups_with_progress(GroupBy::USER, &Filter::new(), callback)
                .map(drop)
        }),
        Box::new(move || core.heap_with_progress(callback).map(drop)),
        Box::new(move || {
            core.why_with_progress(&WhyOptions::new(), callback)
                .map(drop)
        }),
        Box::new(move || {
            core.heap()?
                .retained_with_progress(HeapBy::TYPE, 1, callback)
                .map(drop)
        }),
    ]
}

#[test]
fn cancelled_calls() {
    let core = open();
    for (index, call) in long_calls(&core, |_| Break(())).iter().enumerate() {
        assert_eq!(
            call().unwrap_err().status(),
            Status::CANCELLED,
            "call {index}"
        );
    }
    for (index, call) in long_calls(&core, |_| Continue(())).iter().enumerate() {
        assert_eq!(call(), Ok(()), "call {index}");
    }
}

#[test]
fn panics_of_callbacks() {
    let core = open();
    for call in long_calls(&core, |_| panic!("mine")) {
        assert_eq!(panic_of(|| call().unwrap()), "mine");
    }
    // The core stays usable, and so does an iterator: it has ended.
    let mut goroutines = core
        .goroutines_with_progress(&Filter::new(), |_| panic!("mine"))
        .unwrap();
    assert_eq!(panic_of(|| drop(goroutines.next())), "mine");
    assert!(goroutines.next().is_none());
    drop(goroutines);
    assert_eq!(core.goroutines(&Filter::new()).unwrap().count(), 2010);
}
