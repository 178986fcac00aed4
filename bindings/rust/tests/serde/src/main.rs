// SPDX-License-Identifier: Apache-2.0
//! Writes records as JSON, a line each. Usage: gopm-serde-test CORE EXE
use gopm::{Core, Filter, GroupBy, HeapFilter};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let core = Core::open_with(&arguments[1], &arguments[2])?;
    println!("{}", serde_json::to_string(&core.goroutine(20)?)?);
    let groups = core.groups(GroupBy::USER, &Filter::new())?;
    println!("{}", serde_json::to_string(groups.as_slice())?);
    let why = core.why()?;
    println!("{}", serde_json::to_string(&*why.findings().next().unwrap())?);
    let heap = core.heap()?;
    let types = heap.histogram(&HeapFilter::new().type_name("net/http.conn"))?;
    println!("{}", serde_json::to_string(&types)?);
    println!("{}", serde_json::to_string(&core.info())?);
    println!("{}", serde_json::to_string(&gopm::Verdict(99))?);
    Ok(())
}
