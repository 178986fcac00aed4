// SPDX-License-Identifier: Apache-2.0
//! Values: fields, elements, conversions, and what cannot be read. examples/story/metrics.go says what is expected.
mod support;

use gopm::{Kind, Provenance, Status, ValueOptions, VarFlags};
use std::collections::BTreeMap;
use support::*;

#[test]
fn fields() {
    let core = open();
    let m = metrics(&consumer(&core));
    assert_eq!(m.field("Name").unwrap().to_str().unwrap(), "server");
    assert_eq!(
        (
            m.kind(),
            m.type_name().to_string(),
            m.elem().unwrap().kind()
        ),
        (Kind::POINTER, "*main.Metrics".into(), Kind::STRUCT)
    );
    let fields = m.fields().unwrap();
    assert_eq!(
        (fields[0].name().to_string(), fields[1].name().to_string()),
        ("Name".into(), "inChannel".into())
    );
    assert_eq!(m.elem().unwrap().address(), Some(m.as_u64().unwrap()));
    let error = m.field("nothing").unwrap_err();
    assert_eq!(
        (error.status(), error.message()),
        (
            Status::NOT_FOUND,
            "m (type *main.Metrics) has no field nothing"
        )
    );
    assert!(m.info().variable_flags().contains(VarFlags::ARGUMENT));
}

#[test]
fn channel() {
    let core = open();
    let channel = metrics(&consumer(&core)).field("inChannel").unwrap();
    assert_eq!(
        (channel.length().unwrap(), channel.capacity().unwrap()),
        (100, 100)
    );
    assert_eq!(
        (channel.senders().unwrap(), channel.receivers().unwrap()),
        (1001, 0)
    );
    assert!(!channel.is_closed().unwrap());
    assert_eq!(channel.as_u64().unwrap(), 0x39a125340070);
    let keys: Vec<_> = channel
        .elements()
        .unwrap()
        .map(|e| e.unwrap().field("Key").unwrap().to_str().unwrap())
        .collect();
    assert_eq!(keys.len(), 100);
    assert!(keys.iter().all(|key| !key.is_empty()));
    assert_eq!(
        channel
            .index(99)
            .unwrap()
            .field("Key")
            .unwrap()
            .to_str()
            .unwrap(),
        keys[99]
    );
    assert_eq!(channel.index(100).unwrap_err().status(), Status::ARGUMENT);
}

#[test]
fn map() {
    let core = open();
    let counters = metrics(&consumer(&core)).field("counters").unwrap();
    let entries: BTreeMap<String, i64> = counters
        .entries()
        .unwrap()
        .iter()
        .map(|(k, v)| (k.to_str().unwrap(), v.as_i64().unwrap()))
        .collect();
    assert_eq!(
        entries,
        BTreeMap::from([
            ("requests".to_string(), 25),
            ("queue.longest".to_string(), 20)
        ])
    );
    assert_eq!(counters.length().unwrap(), 2);
}

#[test]
fn conversions() {
    let core = open();
    let stack = consumer(&core);
    let variables = stack.frame(3).unwrap().variables().unwrap();
    assert_eq!(
        variables.get("value").unwrap().unwrap().as_i64().unwrap(),
        100
    );
    let key = variables.get("key").unwrap().unwrap();
    assert_eq!(
        (key.to_bytes().unwrap(), key.to_text().unwrap()),
        (b"queue.longest".to_vec(), "\"queue.longest\"".into())
    );
    assert!(variables.get("nothing").unwrap().is_none());
    assert_eq!(variables.at(99).unwrap_err().status(), Status::NOT_FOUND);
    assert_eq!(core.eval("1 + 2").unwrap().as_i64().unwrap(), 3);
    assert_eq!(core.eval("-7").unwrap().as_i64().unwrap(), -7);
    assert_eq!(core.eval("3.5").unwrap().as_f64().unwrap(), 3.5);
    assert!(core.eval("true").unwrap().as_bool().unwrap());
    assert_eq!(
        core.eval("uint64(1)<<63").unwrap().as_u64().unwrap(),
        1 << 63
    );
    assert_eq!(
        core.eval("uint64(1)<<63")
            .unwrap()
            .as_i64()
            .unwrap_err()
            .status(),
        Status::ARGUMENT
    );
    assert_eq!(
        core.eval("-7").unwrap().as_u64().unwrap_err().status(),
        Status::ARGUMENT
    );
    let m = metrics(&stack);
    let longest = m.field("longest").unwrap();
    let wrong = [
        m.elem().unwrap().as_i64().map(drop),
        m.as_bool().map(drop),
        m.as_f64().map(drop),
        m.to_bytes().map(drop),
        longest.to_str().map(drop),
        longest.length().map(drop),
        longest.capacity().map(drop),
        longest.senders().map(drop),
        longest.receivers().map(drop),
        longest.index(0).map(drop),
        longest.elements().map(drop),
        longest.entries().map(drop),
        longest.elem().map(drop),
        longest.fields().map(drop),
    ];
    for result in wrong {
        assert_eq!(result.unwrap_err().status(), Status::ARGUMENT);
    }
    assert_eq!(longest.child(0).unwrap_err().status(), Status::NOT_FOUND);
    assert_eq!(longest.content().unwrap_err().status(), Status::NOT_FOUND);
}

#[test]
fn provenance() {
    let core = open();
    let m = metrics(&consumer(&core));
    assert_eq!(m.provenance(), Provenance::RECOVERED);
    assert!(m
        .info()
        .origin()
        .to_str()
        .unwrap()
        .starts_with("slot at 0x"));
    let json = m.to_json().unwrap();
    assert!(
        json.contains("\"type\":\"*main.Metrics\"")
            && json.contains("\"provenance\":\"recovered\""),
        "{json}"
    );
    assert!(m
        .to_string()
        .starts_with("m = *main.Metrics {Name: \"server\""));
    assert!(format!("{m:?}").starts_with("Value(m = *main.Metrics"));
}

#[test]
fn unreadable() {
    let core = open();
    let stack = consumer(&core);
    let lost = stack
        .frame(0)
        .unwrap()
        .variables()
        .unwrap()
        .get("mp")
        .unwrap()
        .unwrap();
    assert!(lost
        .unreadable()
        .unwrap()
        .to_str()
        .unwrap()
        .contains("location list"));
    let calls = [
        lost.as_i64().map(drop),
        lost.as_u64().map(drop),
        lost.as_bool().map(drop),
        lost.as_f64().map(drop),
        lost.to_bytes().map(drop),
        lost.to_str().map(drop),
        lost.is_nil().map(drop),
        lost.is_closed().map(drop),
        lost.elem().map(drop),
        lost.child(0).map(drop),
        lost.index(0).map(drop),
        lost.field("x").map(drop),
        lost.fields().map(drop),
        lost.entries().map(drop),
        lost.elements().map(drop),
        lost.content().map(drop),
        lost.length().map(drop),
    ];
    for result in calls {
        let error = result.unwrap_err();
        assert_eq!(error.status(), Status::MISSING_MEMORY);
        assert!(error.message().contains("location list"), "{error}");
    }
    assert!(lost.to_text().unwrap().contains("unreadable"));
    let nil = core.eval("(*main.Metrics)(0)").unwrap();
    assert!(nil.is_nil().unwrap());
    assert_eq!(nil.field("Name").unwrap_err().status(), Status::ARGUMENT);
    let hole = core.eval("(*main.Metrics)(16)").unwrap();
    assert_eq!(
        hole.field("Name").unwrap().to_str().unwrap_err().status(),
        Status::MISSING_MEMORY
    );
}

#[test]
fn expressions() {
    let core = open();
    let stack = consumer(&core);
    let frame = stack.frame(3).unwrap();
    assert_eq!(
        frame
            .eval("m.counters[\"queue.longest\"]")
            .unwrap()
            .as_i64()
            .unwrap(),
        20
    );
    assert!(frame
        .eval("len(m.inChannel) == cap(m.inChannel)")
        .unwrap()
        .as_bool()
        .unwrap());
    let error = frame.eval("1 + nosuch").unwrap_err();
    assert_eq!(
        (error.status(), error.expression_offset(), error.offset()),
        (Status::EXPRESSION, Some(4), None)
    );
    assert_eq!(
        frame.eval("m.counters[\"nothing\"]").unwrap_err().status(),
        Status::NOT_FOUND
    );
    for wrong in [
        "m.Name",
        "1 +",
        "\"x\" + 1",
        "main.nothing",
        "",
        "f(",
        "int32(1) + int64(2)",
    ] {
        assert_eq!(
            core.eval(wrong).unwrap_err().status(),
            Status::EXPRESSION,
            "{wrong}"
        );
    }
    assert_eq!(core.eval("1\0").unwrap_err().status(), Status::ARGUMENT);
    assert_eq!(
        core.eval("func() {}").unwrap_err().status(),
        Status::UNSUPPORTED
    );
    let mux = core.variables("net/http.DefaultServeMux").unwrap();
    assert_eq!(
        (mux.len(), mux.at(0).unwrap().name().to_string()),
        (1, "net/http.DefaultServeMux".into())
    );
    assert!(core.variables("nothing.*").unwrap().is_empty());
}

#[test]
fn options() {
    let core = open();
    let stack = consumer(&core);
    let frame = stack.frame(3).unwrap();
    let text = |options: ValueOptions| frame.eval_with("m", &options).unwrap().to_text().unwrap();
    let (flat, deep) = (
        text(ValueOptions::new().depth(0)),
        text(ValueOptions::new().depth(3)),
    );
    assert!(
        flat.len() < text(ValueOptions::new()).len()
            && text(ValueOptions::new()).len() < deep.len()
    );
    assert!(text(ValueOptions::new().max_bytes(10)).contains("cut: limit of 10 bytes"));
    let key = frame
        .eval_with("key", &ValueOptions::new().max_string(5))
        .unwrap();
    assert_eq!(key.to_text().unwrap(), "\"queue...+8 more\"");
    let m = frame
        .eval_with("m", &ValueOptions::new().max_fields(1))
        .unwrap();
    // A limit bounds the text, not what can be read.
    assert_eq!(m.fields().unwrap().len(), 6);
    assert_eq!(m.field("longest").unwrap().as_i64().unwrap(), 100);
    assert_eq!(key.to_str().unwrap(), "queue.longest");
    let long = format!("\"{}\"", "x".repeat(300));
    assert_eq!(
        core.eval(&long).unwrap().to_bytes().unwrap_err().status(),
        Status::LIMIT
    );
    let exact = frame
        .variables_with(&ValueOptions::new().exact_only())
        .unwrap()
        .get("m")
        .unwrap()
        .unwrap();
    // Its location list has it; that it is the last value is not looked at.
    assert_eq!(exact.provenance(), Provenance::EXACT);
}
