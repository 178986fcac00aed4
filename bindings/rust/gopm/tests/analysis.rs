// SPDX-License-Identifier: Apache-2.0
//! Why the program hangs, and its heap.
mod support;

use gopm::{Certainty, HeapBy, HeapFilter, HeapForm, Pattern, Status, Verdict, WhyOptions};
use support::*;

#[test]
fn why() {
    let core = open();
    let why = core.why().unwrap();
    assert_eq!(
        (why.verdict(), why.findings().len()),
        (Verdict::DEADLOCK, 1)
    );
    let finding = why.findings().next().unwrap();
    assert_eq!(
        (finding.certainty(), finding.pattern()),
        (Certainty::LIKELY, Pattern::SELF_CHAN)
    );
    assert_eq!(
        finding
            .blamed()
            .unwrap()
            .iter()
            .map(|g| g.id())
            .collect::<Vec<_>>(),
        [20]
    );
    assert_eq!(finding.waiting().unwrap().len(), 1001);
    let objects = finding.objects().unwrap();
    assert_eq!(
        (objects[0].address(), objects[0].in_().to_string()),
        (0x39a125340070, "main.Metrics.inChannel".into())
    );
    assert!(!finding.edges().unwrap().is_empty());
    assert_eq!(finding.edge_targets(0).unwrap(), [20]);
    assert_eq!(
        finding.edge_targets(1 << 40).unwrap_err().status(),
        Status::NOT_FOUND
    );
    let text = why.to_string();
    assert!(
        text.starts_with("1. deadlock, likely: 1001 goroutines are stuck"),
        "{text}"
    );
    assert!(text.contains("to be received by itself"), "{text}");
    assert_eq!(why.chain(130).unwrap()[0].next(), 20);
    assert_eq!(
        why.chain(1 << 40).unwrap_err().message(),
        "no goroutine 1099511627776"
    );
    assert_eq!(
        why.leaks().unwrap().len() as u64,
        why.info().leaked() + why.info().suspects()
    );
    let groups = why.leak_groups().unwrap();
    assert_eq!(
        groups.iter().map(|g| g.count()).sum::<u64>(),
        why.leaks().unwrap().len() as u64
    );
    assert_eq!(why.holders().unwrap(), []);
    assert_eq!(
        core.why_with(&WhyOptions::new().quick().one_thread())
            .unwrap()
            .info()
            .goroutines(),
        2010
    );
}

#[test]
fn heap() {
    let core = open();
    let heap = core.heap().unwrap();
    let types = heap
        .histogram(&HeapFilter::new().type_name("net/http.*"))
        .unwrap();
    let size = |name: &str| {
        let row = types
            .iter()
            .find(|row| row.type_name() == name && row.form() == HeapForm::ONE)
            .unwrap();
        (row.objects(), row.bytes())
    };
    // A thousand connections, each with one request; the allocator's slots have 144 and 320 bytes.
    assert_eq!(size("net/http.conn"), (1000, 144000));
    assert_eq!(size("net/http.Request"), (1000, 320000));
    let all = heap.histogram(&HeapFilter::new()).unwrap();
    assert_eq!(
        all.iter().map(|row| row.bytes()).sum::<u64>(),
        heap.info().bytes()
    );
    let connections = HeapFilter::new().type_name("net/http.conn").live();
    let objects: Vec<_> = heap
        .objects(&connections)
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(objects.len(), 1000);
    let live = heap
        .objects(&HeapFilter::new().live())
        .unwrap()
        .filter(|o| o.is_ok())
        .count();
    let garbage = heap
        .objects(&HeapFilter::new().garbage())
        .unwrap()
        .filter(|o| o.is_ok())
        .count();
    assert_eq!(
        (live as u64, (live + garbage) as u64),
        (heap.info().live_objects(), heap.info().objects())
    );
    let first = objects[0].address();
    assert_eq!(heap.object_at(first + 8).unwrap(), objects[0]);
    let path = heap.path(first).unwrap();
    assert!(!path.text().is_empty());
    assert_eq!(path.steps().unwrap().last().unwrap().target(), first);
    let (referrers, left_out) = heap.referrers(first, 1).unwrap();
    let (more, none) = heap.referrers(first, 100).unwrap();
    assert_eq!(
        (referrers.len(), left_out as usize, none),
        (1, more.len() - 1, 0)
    );
    let suspects = heap.suspects(0).unwrap();
    assert_eq!(suspects[0].name(), "net/http.conn");
    assert!(heap
        .waste()
        .unwrap()
        .windows(2)
        .all(|pair| pair[0].bytes() >= pair[1].bytes()));
    assert_eq!(
        core.why_with(&WhyOptions::new().heap(&heap))
            .unwrap()
            .verdict(),
        Verdict::DEADLOCK
    );
}

#[test]
fn retained() {
    let core = open();
    let heap = core.heap().unwrap();
    let nodes = heap.retained(HeapBy::TYPE, 3).unwrap();
    assert_eq!(nodes.as_slice().len(), 3);
    assert!(nodes
        .as_slice()
        .windows(2)
        .all(|pair| pair[0].bytes() >= pair[1].bytes()));
    assert!(heap
        .retained(HeapBy::GOROUTINE, usize::MAX)
        .unwrap()
        .iter()
        .any(|node| node.name().to_string().starts_with("goroutine ")));
    let (roots, left_out) = heap.children(None, 100).unwrap();
    let (one, others) = heap.children(None, 1).unwrap();
    assert_eq!((&one[0], others), (&roots[0], left_out + 99));
    assert!(roots.iter().map(|node| node.bytes()).sum::<u64>() <= heap.info().live_bytes());
    let (children, others) = heap.children(Some(&roots[0]), 1).unwrap();
    assert_eq!(children.len(), 1);
    assert!(others > 0);
    assert_eq!(
        heap.retained(HeapBy(99), 1).unwrap_err().status(),
        Status::ARGUMENT
    );
}

#[test]
fn missing_objects() {
    let core = open();
    let heap = core.heap().unwrap();
    assert_eq!(heap.object_at(1).unwrap_err().status(), Status::NOT_FOUND);
    assert_eq!(heap.path(1).err().unwrap().status(), Status::NOT_FOUND);
    assert_eq!(
        heap.referrers(1, 1).unwrap_err().status(),
        Status::NOT_FOUND
    );
    assert_eq!(
        heap.histogram(&HeapFilter::new().type_name("a\0b"))
            .unwrap_err()
            .status(),
        Status::ARGUMENT
    );
    assert_eq!(
        heap.histogram(&HeapFilter::new().type_name("nothing"))
            .unwrap(),
        []
    );
    let other = open();
    assert_eq!(
        other
            .why_with(&WhyOptions::new().heap(&heap))
            .unwrap_err()
            .status(),
        Status::ARGUMENT
    );
}
