// SPDX-License-Identifier: Apache-2.0
//! Reads all goroutines in batches, as batches.c does, and prints the CPU time of that and a sum of what it read.
//! Usage: batches CORE EXE
use gopm::{Core, Filter};

extern "C" {
    // CPU time of the process in microseconds.
    fn clock() -> std::os::raw::c_long;
}

fn cpu() -> f64 {
    // SAFETY: it has no arguments.
    unsafe { clock() as f64 / 1e6 }
}

fn main() -> gopm::Result<()> {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    // SAFETY: nothing changes the files.
    let core = unsafe { Core::options().exe(&paths[1]).map() }.open(&paths[0])?;
    let before = cpu();
    let (mut count, mut sum) = (0, 0);
    let mut goroutines = core.goroutines(&Filter::new())?;
    while let Some(batch) = goroutines.next_batch()? {
        for g in batch {
            let (user, reason) = (g.user(), g.wait_reason());
            sum += g.id() + u64::from(user.line()) + (user.function().len() + reason.len()) as u64;
        }
        count += batch.len();
    }
    drop(goroutines);
    println!("{:.6} {} {}", cpu() - before, count, sum);
    Ok(())
}
