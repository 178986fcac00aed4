// SPDX-License-Identifier: Apache-2.0
//! Why a program hangs: findings, whom to blame, leaks.
use crate::core::Core;
use crate::error::{Error, Result};
use crate::handle::Handle;
use crate::heap::Heap;
use crate::kinds::{Status, Verdict};
use crate::progress::Watch;
use crate::record::{info, list, list_with_error, Record};
use crate::records::{
    Leak, LeakGroup, Object, WhyEdge, WhyFindingRecord, WhyHolder, WhyInfo, WhyStep, WhyWaiter,
};
use gopm_sys::*;
use std::mem::{size_of, MaybeUninit};
use std::ops::Deref;

/// How to look for what is wrong.
#[must_use]
#[derive(Clone, Copy, Debug, Default)]
pub struct WhyOptions<'a> {
    flags: u32,
    heap: Option<&'a Heap>,
}

impl<'a> WhyOptions<'a> {
    /// With the heap, which the call opens.
    pub fn new() -> Self {
        WhyOptions::default()
    }

    /// Without the heap: faster, but less is certain, and objects have no names.
    pub fn quick(mut self) -> Self {
        self.flags |= GOPM_WHY_FLAG_QUICK;
        self
    }

    /// Starts no threads.
    pub fn one_thread(mut self) -> Self {
        self.flags |= GOPM_WHY_FLAG_ONE_THREAD;
        self
    }

    /// Uses a heap of the same core that is open.
    pub fn heap(mut self, heap: &'a Heap) -> Self {
        self.heap = Some(heap);
        self
    }
}

/// The analysis of a core: its findings, the worst first. Threads may share it. `Display` writes them.
///
/// ```no_run
/// # fn main() -> gopm::Result<()> {
/// # let core = gopm::Core::open_with("core", "server")?;
/// let why = core.why()?;
/// assert_eq!(why.verdict(), gopm::Verdict::DEADLOCK);
/// for finding in why.findings() {
///     println!("{finding}");
///     for goroutine in finding.blamed()? {
///         println!("  see goroutine {}", goroutine.id());
///     }
/// }
/// # Ok(())
/// # }
/// ```
pub struct Why {
    handle: Handle<gopm_why>,
    findings: Vec<WhyFindingRecord<'static>>,
}

// SAFETY: many threads may use it at once (gopm/why.h).
unsafe impl Sync for Why {}

impl Why {
    pub(crate) fn open(
        core: &Core,
        options: &WhyOptions<'_>,
        mut watch: Option<Watch<'_>>,
    ) -> Result<Why> {
        // SAFETY: the call initializes all of the struct.
        let mut raw: gopm_why_options = unsafe {
            let mut raw = MaybeUninit::uninit();
            gopm_why_options_init(raw.as_mut_ptr(), size_of::<gopm_why_options>());
            raw.assume_init()
        };
        raw.flags = options.flags;
        (raw.progress, raw.progress_user_data) = Watch::parts(watch.as_ref());
        if let Some(heap) = options.heap {
            if heap.core().pointer() != core.pointer() {
                return Err(Error::new(
                    Status::ARGUMENT,
                    "the heap is that of another core",
                ));
            }
            raw.heap = heap.pointer();
        }
        // SAFETY: the call uses the options only while it runs.
        let handle = unsafe {
            Handle::new(core, gopm_why_close, |out, err| {
                gopm_why_open(core.pointer(), &raw, out, err)
            })
        };
        Watch::check(watch.as_mut());
        let handle = handle?;
        let pointer = handle.pointer();
        // SAFETY: strings live as long as the analysis, which is kept with the records.
        let findings = unsafe {
            list(|at, stride, room, count| gopm_why_findings(pointer, at, stride, room, count))?
        };
        Ok(Why { handle, findings })
    }

    /// The analysis in numbers.
    pub fn info(&self) -> WhyInfo {
        // SAFETY: the record has no strings.
        unsafe { info(|raw| gopm_why_get_info(self.handle.pointer(), raw)) }
            .expect("the size is this version's")
    }

    /// That of the first finding that is certain or likely; else `Verdict::HEALTHY`.
    pub fn verdict(&self) -> Verdict {
        self.info().verdict()
    }

    /// What is wrong, the worst first.
    pub fn findings(&self) -> impl ExactSizeIterator<Item = WhyFinding<'_>> {
        (0..self.findings.len()).map(move |index| WhyFinding { why: self, index })
    }

    /// The goroutines that hold locks which others wait for.
    pub fn holders(&self) -> Result<Vec<WhyHolder<'_>>> {
        self.all(|at, stride, room, count| unsafe {
            gopm_why_holders(self.handle.pointer(), at, stride, room, count)
        })
    }

    /// The goroutines that are leaked, then those that are suspects.
    pub fn leaks(&self) -> Result<Vec<Leak>> {
        self.all(|at, stride, room, count| unsafe {
            gopm_why_leaks(self.handle.pointer(), at, stride, room, count)
        })
    }

    /// The same by birthplace.
    pub fn leak_groups(&self) -> Result<Vec<LeakGroup<'_>>> {
        self.all(|at, stride, room, count| unsafe {
            gopm_why_leak_groups(self.handle.pointer(), at, stride, room, count)
        })
    }

    /// The chain of waits from a goroutine on: the last one waits for nobody, or for one that is in the chain.
    pub fn chain(&self, goroutine: u64) -> Result<Vec<WhyStep<'_>>> {
        let pointer = self.handle.pointer();
        // SAFETY: strings live as long as the analysis.
        let found = unsafe {
            list_with_error(|at, stride, room, count, _| {
                gopm_why_chain(pointer, goroutine, at, stride, room, count)
            })
        };
        found.map_err(|e| e.missing(|| format!("no goroutine {goroutine}")))
    }

    fn all<'a, R: Record + 'a>(
        &'a self,
        call: impl FnMut(*mut R::Raw, usize, usize, *mut usize) -> gopm_status,
    ) -> Result<Vec<R>> {
        // SAFETY: strings live as long as the analysis.
        unsafe { list(call) }
    }
}

impl std::fmt::Display for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.findings.is_empty() {
            return f.write_str("healthy");
        }
        for finding in self.findings() {
            let line = if finding.index == 0 { "" } else { "\n" };
            write!(f, "{line}{}. {finding}", finding.index + 1)?;
        }
        Ok(())
    }
}

impl std::fmt::Debug for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(&self.findings).finish()
    }
}

/// One thing that is wrong: goroutines that are stuck or slow together. It dereferences to its record.
#[derive(Clone, Copy)]
pub struct WhyFinding<'a> {
    why: &'a Why,
    index: usize,
}

impl<'a> Deref for WhyFinding<'a> {
    type Target = WhyFindingRecord<'a>;

    fn deref(&self) -> &WhyFindingRecord<'a> {
        &self.why.findings[self.index]
    }
}

impl<'a> WhyFinding<'a> {
    /// The goroutines that wait.
    pub fn waiting(self) -> Result<Vec<WhyWaiter>> {
        let why = self.why.handle.pointer();
        self.why.all(|at, stride, room, count| unsafe {
            gopm_why_waiters(why, self.index, at, stride, room, count)
        })
    }

    /// The goroutines to blame; empty: they are gone.
    pub fn blamed(self) -> Result<Vec<WhyWaiter>> {
        let why = self.why.handle.pointer();
        self.why.all(|at, stride, room, count| unsafe {
            gopm_why_blamed(why, self.index, at, stride, room, count)
        })
    }

    /// The objects that they wait for.
    pub fn objects(self) -> Result<Vec<Object<'a>>> {
        let why = self.why.handle.pointer();
        self.why.all(|at, stride, room, count| unsafe {
            gopm_why_objects(why, self.index, at, stride, room, count)
        })
    }

    /// Who waits for which object; those of the cycle first.
    pub fn edges(self) -> Result<Vec<WhyEdge>> {
        let why = self.why.handle.pointer();
        self.why.all(|at, stride, room, count| unsafe {
            gopm_why_edges(why, self.index, at, stride, room, count)
        })
    }

    /// The ids of the goroutines that could end the wait of an edge.
    pub fn edge_targets(self, edge: usize) -> Result<Vec<u64>> {
        let why = self.why.handle.pointer();
        let (mut ids, mut count) = (vec![0; 16], 0);
        loop {
            // SAFETY: the call writes at most as many ids as there is room for.
            let status = unsafe {
                gopm_why_edge_targets(
                    why,
                    self.index,
                    edge,
                    ids.as_mut_ptr(),
                    ids.len(),
                    &mut count,
                )
            };
            crate::error::check(status).map_err(|e| e.missing(|| format!("no edge {edge}")))?;
            let fits = count <= ids.len();
            ids.resize(count, 0);
            if fits {
                return Ok(ids);
            }
        }
    }
}

impl std::fmt::Display for WhyFinding<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Its lines are escaped already.
        write!(
            f,
            "{}, {}: {}",
            self.verdict(),
            self.certainty(),
            self.text().to_string_lossy()
        )
    }
}

impl std::fmt::Debug for WhyFinding<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        (**self).fmt(f)
    }
}
