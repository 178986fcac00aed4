// SPDX-License-Identifier: Apache-2.0
//! Goroutines, filters, groups and stacks.
mod support;

use gopm::{Fields, Filter, GroupBy, Language, StackEnd, StackOf, StackOptions, Status, WaitKind};
use std::collections::HashSet;
use std::time::Duration;
use support::*;

fn count(core: &gopm::Core, filter: Filter) -> usize {
    core.goroutines(&filter)
        .unwrap()
        .collect::<Result<Vec<_>, _>>()
        .unwrap()
        .len()
}

#[test]
fn all() {
    let core = open();
    let one_by_one: Vec<_> = core
        .goroutines(&Filter::new())
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(one_by_one.len(), 2010);
    assert_eq!(
        one_by_one
            .iter()
            .map(|g| g.address())
            .collect::<HashSet<_>>()
            .len(),
        2010
    );
    assert_eq!(
        one_by_one
            .iter()
            .filter(|g| g.user().function() == "main.(*Metrics).CountS")
            .count(),
        1000
    );
    let mut iterator = core.goroutines(&Filter::new()).unwrap();
    let mut batches = Vec::new();
    while let Some(batch) = iterator.next_batch().unwrap() {
        batches.extend_from_slice(batch);
    }
    assert_eq!(batches, one_by_one);
    assert_eq!(iterator.next_batch().unwrap(), None);
    assert!(iterator.next().is_none());
    // What the iterator has read already is in the first batch.
    let mut mixed = core.goroutines(&Filter::new()).unwrap();
    assert_eq!(mixed.next().unwrap().unwrap(), one_by_one[0]);
    assert_eq!(mixed.next_batch().unwrap().unwrap()[0], one_by_one[1]);
}

#[test]
fn conditions() {
    let core = open();
    assert_eq!(
        count(&core, Filter::new().user("main.(*Metrics).CountS")),
        1000
    );
    assert_eq!(
        count(
            &core,
            Filter::new().wait_reason("IO wait").user("net.*Read")
        ),
        1000
    );
    assert_eq!(
        count(
            &core,
            Filter::new()
                .wait_reason("chan send")
                .min_wait(Duration::from_secs(60))
        ),
        1001
    );
    assert_eq!(count(&core, Filter::new().min_wait(Duration::MAX)), 0);
    assert_eq!(
        count(&core, Filter::new().system(true)) + count(&core, Filter::new().system(false)),
        2010
    );
    assert_eq!(count(&core, Filter::new().user("nothing")), 0);
    assert_eq!(count(&core, Filter::new().ids([20, 1, 20])), 2);
    assert_eq!(count(&core, Filter::new().ids([])), 0);
    assert_eq!(
        count(
            &core,
            Filter::new()
                .status("waiting")
                .go("main.*")
                .label("none", "*")
        ),
        0
    );
    let slots = core.info().goroutine_slots() as usize;
    assert_eq!(count(&core, Filter::new().dead()), slots);
    let first = core
        .goroutines(&Filter::new().start("*startInChannelConsumer"))
        .unwrap()
        .first()
        .unwrap();
    assert_eq!(first.unwrap().id(), 20);
    let bare = core
        .goroutines(&Filter::new().id(20).fields(Fields::NONE))
        .unwrap()
        .first()
        .unwrap()
        .unwrap();
    assert!(bare.user().function().is_empty() && bare.address() != 0);
    for wrong in [
        Filter::new().id(0),
        Filter::new().address(0),
        Filter::new().user("a\0b"),
    ] {
        assert_eq!(
            core.goroutines(&wrong).unwrap_err().status(),
            Status::ARGUMENT
        );
    }
}

#[test]
fn one() {
    let core = open();
    let g = core.goroutine(20).unwrap();
    assert_eq!(g, core.goroutine_at(g.address()).unwrap());
    assert_eq!(g.status(), gopm::GoroutineStatus::WAITING);
    assert_eq!(
        (g.status_name().to_string(), g.wait_reason().to_string()),
        ("waiting".into(), "chan send".into())
    );
    assert_eq!(
        g.start().function(),
        "main.(*Metrics).startInChannelConsumer"
    );
    assert!(g.wait_time() > 60_000_000_000);
    let wait = g.wait();
    assert_eq!(
        (wait.kind(), wait.length(), wait.capacity(), wait.senders()),
        (WaitKind::CHAN_SEND, 100, 100, 1001)
    );
    assert_eq!(wait.type_name(), "main.Metric");
    assert_eq!(core.waits(&g).unwrap(), [wait]);
    assert_eq!(core.labels(&g).unwrap(), []);
    assert_eq!(count(&core, Filter::new().wait_object(wait.object())), 1001);
    let error = core.goroutine(1 << 40).unwrap_err();
    assert_eq!(
        (error.status(), error.message()),
        (Status::NOT_FOUND, "no goroutine 1099511627776")
    );
    assert_eq!(
        core.goroutine_at(16).unwrap_err().status(),
        Status::NOT_FOUND
    );
    assert!(format!("{g:?}").contains("wait_reason: \"chan send\""));
}

#[test]
fn groups() {
    let core = open();
    let groups = core.groups(GroupBy::USER, &Filter::new()).unwrap();
    assert_eq!(
        groups.iter().map(|g| g.count()).collect::<Vec<_>>(),
        [1000, 1000, 8, 1, 1]
    );
    assert_eq!(groups.as_slice()[0].location().line(), 98);
    let objects = core.groups(GroupBy::OBJECT, &Filter::new()).unwrap();
    drop(core);
    assert_eq!(
        objects.as_slice()[0].key(),
        "chan main.Metric 0x39a125340070, 100 of 100: 1001 senders, 0 receivers"
    );
    let core = open();
    let by_reason = core
        .groups(GroupBy::REASON, &Filter::new().system(false))
        .unwrap();
    assert_eq!(
        (&by_reason).into_iter().map(|g| g.count()).sum::<u64>() as usize,
        count(&core, Filter::new().system(false))
    );
    assert_eq!(
        core.groups(GroupBy::LABEL, &Filter::new())
            .unwrap_err()
            .status(),
        Status::ARGUMENT
    );
    assert_eq!(
        core.groups(GroupBy(99), &Filter::new())
            .unwrap_err()
            .status(),
        Status::ARGUMENT
    );
    assert_eq!(
        core.groups_by_label("none", &Filter::new())
            .unwrap()
            .iter()
            .map(|g| g.count())
            .sum::<u64>(),
        2010
    );
}

#[test]
fn stacks() {
    let core = open();
    let stack = consumer(&core);
    assert_eq!(
        (stack.end(), stack.end_address()),
        (StackEnd::COMPLETE, None)
    );
    let frame = stack.frame(3).unwrap();
    assert_eq!(frame.function(), "main.(*Metrics).SetM");
    assert_eq!(
        (frame.file().to_string(), frame.line(), frame.language()),
        ("story/metrics.go".into(), 93, Language::GO)
    );
    assert_eq!(stack.iter().last().unwrap().function(), "runtime.goexit");
    assert_eq!(stack.depth(), Some(stack.len() as u64));
    assert!(frame.registers().unwrap().is_empty());
    assert!(stack.frame(99).is_none());
    let outer = core
        .stack_with(20, &StackOptions::new().outer_frames(2))
        .unwrap();
    assert_eq!(outer.first() as usize, stack.len() - 2);
    assert_eq!(outer.frame(1).unwrap().function(), "runtime.goexit");
    let goroutine = core.goroutine(20).unwrap();
    let cut = core
        .stack_with(&goroutine, &StackOptions::new().max_frames(2))
        .unwrap();
    assert_eq!((cut.len(), cut.end()), (2, StackEnd::LIMIT));
    for of in [
        StackOf::Goroutine(1 << 40),
        StackOf::Thread(1 << 40),
        StackOf::GoroutineAt(16),
    ] {
        assert_eq!(
            core.stack(of).unwrap_err().status(),
            Status::NOT_FOUND,
            "{of:?}"
        );
    }
    assert_eq!(core.stack(0).unwrap_err().status(), Status::ARGUMENT);
}

#[test]
fn reopened_stack() {
    let core = open();
    let mut stack = consumer(&core);
    let variables = stack.frame(3).unwrap().variables().unwrap();
    stack.reopen(1, &StackOptions::new()).unwrap();
    assert_eq!(stack.iter().last().unwrap().function(), "runtime.goexit");
    assert!(stack.iter().any(|frame| frame.function() == "main.main"));
    assert_eq!(
        variables.get("key").unwrap().unwrap().to_str().unwrap(),
        "queue.longest"
    );
    assert_eq!(
        stack
            .reopen(1 << 40, &StackOptions::new())
            .unwrap_err()
            .status(),
        Status::NOT_FOUND
    );
    assert!(stack.is_empty() && stack.frame(0).is_none());
}

#[test]
fn json() {
    let core = open();
    let goroutine = core.goroutine(20).unwrap();
    let text = core.goroutine_json(&goroutine).unwrap();
    assert!(text.starts_with("{\"id\":20,\"currentLoc\":{"));
    assert!(text.contains(&format!("\"address\":{},", goroutine.address())));
    let place = goroutine.user().to_json().unwrap();
    assert!(text.contains(&format!("\"userCurrentLoc\":{place}")));
    for thread in core.threads().unwrap() {
        let text = core.thread_json(&thread).unwrap();
        assert!(text.starts_with(&format!("{{\"id\":{},", thread.id())));
        assert!(text.contains("\"rip\":"));
    }
    for group in core
        .groups(GroupBy::USER, &Filter::new())
        .unwrap()
        .iter()
        .take(3)
    {
        let text = group.to_json(GroupBy::USER).unwrap();
        assert!(text.starts_with(&format!("{{\"count\":{},\"location\":{{", group.count())));
        assert!(group.to_json(GroupBy(99)).is_err());
    }
    let stack = core.stack(20).unwrap();
    let text = stack.to_json().unwrap();
    assert_eq!(text.matches("\"inlined\":").count(), stack.len());
    let mut full = Vec::new();
    stack
        .write_json(&mut full, Some(&gopm::ValueOptions::new()))
        .unwrap();
    assert!(full.len() > text.len());
}
