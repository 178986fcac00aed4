// SPDX-License-Identifier: Apache-2.0
//! The story over the crate: a server hangs, and its core says why. Usage: story CORE [EXE]
use gopm::{Core, Filter, GroupBy, Kind, ValueOptions};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let paths: Vec<_> = std::env::args_os().skip(1).collect();
    let core = match &paths[..] {
        [core] => Core::open(core)?,
        [core, exe] => Core::open_with(core, exe)?,
        _ => return Err("usage: story CORE [EXE]".into()),
    };
    for group in &core.groups(GroupBy::USER, &Filter::new())? {
        let place = group.location();
        println!("{:8} {}:{}", group.count(), place.function(), place.line());
    }
    let consumer = core
        .goroutines(&Filter::new().start("*startInChannelConsumer"))?
        .first()?;
    let stack = core.stack(&consumer.ok_or("no goroutine consumes the channel")?)?;
    for frame in &stack {
        println!("{} at {}:{}", frame.function(), frame.file(), frame.line());
        for value in frame.variables_with(&ValueOptions::new().depth(0))?.iter() {
            let value = value?;
            println!("    {value}");
            if value.name() == "m" && value.kind() == Kind::POINTER {
                let chan = value.field("inChannel")?;
                let (length, capacity) = (chan.length()?, chan.capacity()?);
                println!("    {length} of {capacity}, {} senders", chan.senders()?);
            }
        }
    }
    let objects = core.groups(GroupBy::OBJECT, &Filter::new().wait_reason("chan*"))?;
    for group in objects.iter().take(1) {
        println!("{:8} {}", group.count(), group.key());
    }
    println!("{}", core.why()?);
    Ok(())
}
