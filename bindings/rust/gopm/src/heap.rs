// SPDX-License-Identifier: Apache-2.0
//! The heap: objects by type, what retains them, and why one is live.
use crate::core::Core;
use crate::error::{c_text, check, Result};
use crate::handle::Handle;
use crate::kinds::HeapBy;
use crate::progress::{Progress, Watch};
use crate::record::{info, list, list_with_error, next, rest, room, FromRaw};
use crate::records::{HeapInfo, HeapNode, HeapObject, HeapStep, HeapSuspect, HeapType, HeapWaste};
use crate::text::Text;
use gopm_sys::*;
use std::mem::{size_of, MaybeUninit};
use std::ops::ControlFlow;
use std::ptr::{null, null_mut};

const BATCH: usize = 1024;

/// Which objects to list.
#[must_use]
#[derive(Clone, Debug, Default)]
pub struct HeapFilter {
    flags: u32,
    type_name: Option<String>,
}

impl HeapFilter {
    /// All objects.
    pub fn new() -> Self {
        HeapFilter::default()
    }

    /// Only live objects.
    pub fn live(mut self) -> Self {
        self.flags = GOPM_HEAP_FILTER_LIVE;
        self
    }

    /// Only garbage.
    pub fn garbage(mut self) -> Self {
        self.flags = GOPM_HEAP_FILTER_GARBAGE;
        self
    }

    /// Only objects whose type matches a glob: `main.*`.
    pub fn type_name(mut self, glob: impl Into<String>) -> Self {
        self.type_name = Some(glob.into());
        self
    }

    /// Calls a function with the filter of the library.
    fn with<T>(&self, call: impl FnOnce(&gopm_heap_filter) -> Result<T>) -> Result<T> {
        let glob = self.type_name.as_ref().map(c_text).transpose()?;
        // SAFETY: the call initializes all of the struct.
        let mut raw: gopm_heap_filter = unsafe {
            let mut raw = MaybeUninit::uninit();
            gopm_heap_filter_init(raw.as_mut_ptr(), size_of::<gopm_heap_filter>());
            raw.assume_init()
        };
        raw.flags = self.flags;
        raw.type_ = glob.as_ref().map_or(null(), |glob| glob.as_ptr());
        call(&raw)
    }
}

fn options(watch: Option<&Watch<'_>>) -> gopm_heap_options {
    // SAFETY: the call initializes all of the struct.
    let mut raw: gopm_heap_options = unsafe {
        let mut raw = MaybeUninit::uninit();
        gopm_heap_options_init(raw.as_mut_ptr(), size_of::<gopm_heap_options>());
        raw.assume_init()
    };
    (raw.progress, raw.progress_user_data) = Watch::parts(watch);
    raw
}

/// The heap of a core, marked. Threads may share it.
///
/// ```no_run
/// # fn main() -> gopm::Result<()> {
/// # let core = gopm::Core::open_with("core", "server")?;
/// use gopm::{HeapBy, HeapFilter};
/// let heap = core.heap()?;
/// for row in heap.histogram(&HeapFilter::new().live())?.iter().take(5) {
///     println!("{:10} {:8} {}", row.live_bytes(), row.live_objects(), row.type_name());
/// }
/// for node in heap.retained(HeapBy::HOLDER, 5)?.iter() {
///     println!("{:10} {}", node.bytes(), node.name());
/// }
/// # Ok(())
/// # }
/// ```
pub struct Heap {
    handle: Handle<gopm_heap>,
}

// SAFETY: many threads may use it at once (gopm/heap.h).
unsafe impl Sync for Heap {}

impl Heap {
    pub(crate) fn open(core: &Core, mut watch: Option<Watch<'_>>) -> Result<Heap> {
        let raw = options(watch.as_ref());
        // SAFETY: the call uses the options only while it runs.
        let handle = unsafe {
            Handle::new(core, gopm_heap_close, |out, err| {
                gopm_heap_open(core.pointer(), &raw, out, err)
            })
        };
        Watch::check(watch.as_mut());
        let handle = handle
            .map_err(|e| e.missing(|| "the core does not have the heap, or it is empty".into()))?;
        Ok(Heap { handle })
    }

    pub(crate) fn pointer(&self) -> *mut gopm_heap {
        self.handle.pointer()
    }

    pub(crate) fn core(&self) -> &Core {
        self.handle.core()
    }

    /// Totals in objects and bytes.
    pub fn info(&self) -> HeapInfo {
        // SAFETY: the record has no strings.
        unsafe { info(|raw| gopm_heap_get_info(self.pointer(), raw)) }
            .expect("the size is this version's")
    }

    /// Objects by type, those with most bytes first.
    pub fn histogram(&self, filter: &HeapFilter) -> Result<Vec<HeapType<'_>>> {
        // SAFETY: strings live as long as the heap.
        filter.with(|raw| unsafe {
            let iterator = Handle::new(self.core(), gopm_heap_type_iter_free, |out, err| {
                gopm_heap_type_iter_open(self.pointer(), raw, out, err)
            })?;
            rest(usize::MAX, |at, stride, room, got| {
                gopm_heap_type_iter_next(iterator.pointer(), at, stride, room, got)
            })
        })
    }

    /// Objects by address.
    pub fn objects(&self, filter: &HeapFilter) -> Result<HeapObjects<'_>> {
        // SAFETY: the call uses the filter only while it runs.
        let handle = filter.with(|raw| unsafe {
            Handle::new(self.core(), gopm_heap_object_iter_free, |out, err| {
                gopm_heap_object_iter_open(self.pointer(), raw, out, err)
            })
        })?;
        Ok(HeapObjects {
            handle,
            batch: Vec::new(),
            at: 0,
            ended: false,
        })
    }

    /// The object that contains an address.
    pub fn object_at(&self, address: u64) -> Result<HeapObject<'_>> {
        // SAFETY: the record is filled on success, and its strings live as long as the heap.
        unsafe {
            let mut raw = std::mem::zeroed();
            let status = gopm_heap_object_at(
                self.pointer(),
                address,
                &mut raw,
                size_of::<gopm_heap_object>(),
            );
            check(status).map_err(|e| e.missing(|| format!("no object is at {address:#x}")))?;
            Ok(HeapObject::from_raw(raw))
        }
    }

    /// What would become garbage without each holder, the largest first; at most `limit` of them. The first call computes the
    /// dominator tree.
    pub fn retained(&self, by: HeapBy, limit: usize) -> Result<HeapNodes> {
        self.read_retained(by, limit, None)
    }

    /// As [`retained`](Heap::retained), with a callback while the dominator tree is computed.
    pub fn retained_with_progress<'a>(
        &self,
        by: HeapBy,
        limit: usize,
        progress: impl FnMut(Progress) -> ControlFlow<()> + Send + 'a,
    ) -> Result<HeapNodes> {
        self.read_retained(by, limit, Some(Watch::new(progress)))
    }

    fn read_retained(
        &self,
        by: HeapBy,
        limit: usize,
        mut watch: Option<Watch<'_>>,
    ) -> Result<HeapNodes> {
        let raw = options(watch.as_ref());
        // SAFETY: the call uses the options only while it runs.
        let handle = unsafe {
            Handle::new(self.core(), gopm_heap_node_iter_free, |out, err| {
                gopm_heap_node_iter_open(self.pointer(), by.0, &raw, out, err)
            })
        };
        Watch::check(watch.as_mut());
        let handle = handle?;
        // SAFETY: strings live as long as the iterator, which is kept with the nodes.
        let nodes = unsafe {
            rest(limit, |at, stride, room, got| {
                gopm_heap_node_iter_next(handle.pointer(), at, stride, room, got)
            })?
        };
        Ok(HeapNodes {
            _handle: handle,
            nodes,
        })
    }

    /// The largest children of a node in the dominator tree, at most `limit`, and the number of others. `None`: of the root.
    pub fn children(
        &self,
        node: Option<&HeapNode<'_>>,
        limit: usize,
    ) -> Result<(Vec<HeapNode<'_>>, u64)> {
        let id = node.map_or(u64::MAX, |node| node.id());
        let (mut count, mut left_out, mut err) = (0, 0, null_mut());
        let mut nodes: Vec<HeapNode<'_>> = room(limit)?;
        let (at, stride) = (nodes.as_mut_ptr().cast(), size_of::<gopm_heap_node>());
        // SAFETY: the call fills `count` records, whose strings live as long as the heap.
        unsafe {
            let status = gopm_heap_node_children(
                self.pointer(),
                id,
                at,
                stride,
                limit,
                &mut count,
                &mut left_out,
                &mut err,
            );
            crate::error::Error::result(status, err)
                .map_err(|e| e.missing(|| format!("no node {id}")))?;
            nodes.set_len(count.min(limit));
        }
        Ok((nodes, left_out))
    }

    /// What retains at least `percent` of the live bytes; 0: ten.
    pub fn suspects(&self, percent: u32) -> Result<Vec<HeapSuspect<'_>>> {
        let raw = options(None);
        // SAFETY: strings live as long as the heap.
        unsafe {
            list_with_error(|at, stride, room, count, err| {
                gopm_heap_suspects(self.pointer(), percent, &raw, at, stride, room, count, err)
            })
        }
    }

    /// Memory that the program could do without, the most first.
    pub fn waste(&self) -> Result<Vec<HeapWaste<'_>>> {
        let raw = options(None);
        // SAFETY: strings live as long as the heap.
        unsafe {
            list_with_error(|at, stride, room, count, err| {
                gopm_heap_find_waste(self.pointer(), &raw, at, stride, room, count, err)
            })
        }
    }

    /// A shortest way of pointers to the object that contains an address: why it is live.
    pub fn path(&self, address: u64) -> Result<HeapPath> {
        // SAFETY: the path is released by its own function.
        let handle = unsafe {
            Handle::new(self.core(), gopm_heap_path_free, |out, err| {
                gopm_heap_path_open(self.pointer(), address, out, err)
            })
        };
        let handle = handle.map_err(|e| {
            e.missing(|| format!("no object is at {address:#x}, or nothing holds it"))
        })?;
        Ok(HeapPath { handle })
    }

    /// What points to the object that contains an address, at most `limit`, and the number of others.
    pub fn referrers(&self, address: u64, limit: usize) -> Result<(Vec<HeapStep<'_>>, u64)> {
        let (mut count, mut left_out) = (0, 0);
        let mut steps: Vec<HeapStep<'_>> = room(limit)?;
        let (at, stride) = (steps.as_mut_ptr().cast(), size_of::<gopm_heap_step>());
        // SAFETY: the call fills `count` records, whose strings live as long as the heap.
        unsafe {
            let status = gopm_heap_referrers(
                self.pointer(),
                address,
                at,
                stride,
                limit,
                &mut count,
                &mut left_out,
            );
            check(status).map_err(|e| e.missing(|| format!("no object is at {address:#x}")))?;
            steps.set_len(count.min(limit));
        }
        Ok((steps, left_out))
    }
}

impl std::fmt::Debug for Heap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.info().fmt(f)
    }
}

/// An iterator over objects. It ends after an error.
pub struct HeapObjects<'a> {
    handle: Handle<gopm_heap_object_iter>,
    batch: Vec<HeapObject<'a>>,
    at: usize,
    ended: bool,
}

impl<'a> Iterator for HeapObjects<'a> {
    type Item = Result<HeapObject<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at == self.batch.len() && !self.ended {
            self.at = 0;
            let pointer = self.handle.pointer();
            // SAFETY: strings live as long as the heap, which is borrowed.
            let result = unsafe {
                next(&mut self.batch, BATCH, |at, stride, room, got| {
                    gopm_heap_object_iter_next(pointer, at, stride, room, got)
                })
            };
            self.ended = result.is_err() || self.batch.is_empty();
            if let Err(problem) = result {
                return Some(Err(problem));
            }
        }
        let object = self.batch.get(self.at).copied()?;
        self.at += 1;
        Some(Ok(object))
    }
}

impl std::iter::FusedIterator for HeapObjects<'_> {}

impl std::fmt::Debug for HeapObjects<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HeapObjects of {:?}", self.handle.core())
    }
}

/// Nodes of the dominator tree, the largest first.
pub struct HeapNodes {
    // Their names live as long as the iterator.
    _handle: Handle<gopm_heap_node_iter>,
    nodes: Vec<HeapNode<'static>>,
}

impl HeapNodes {
    /// The nodes.
    pub fn as_slice(&self) -> &[HeapNode<'_>] {
        &self.nodes
    }

    /// The nodes, one by one.
    pub fn iter(&self) -> std::slice::Iter<'_, HeapNode<'_>> {
        self.as_slice().iter()
    }
}

impl<'a> IntoIterator for &'a HeapNodes {
    type Item = &'a HeapNode<'a>;
    type IntoIter = std::slice::Iter<'a, HeapNode<'a>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl std::fmt::Debug for HeapNodes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.as_slice()).finish()
    }
}

/// The way from a holder to an object.
pub struct HeapPath {
    handle: Handle<gopm_heap_path>,
}

impl HeapPath {
    /// As an expression: `main.sessions[2999].history[19]`.
    pub fn text(&self) -> Text<'_> {
        // SAFETY: the text lives as long as the path.
        unsafe { Text::from_raw(gopm_heap_path_text(self.handle.pointer())) }
    }

    /// The pointers from the holder on.
    pub fn steps(&self) -> Result<Vec<HeapStep<'_>>> {
        let pointer = self.handle.pointer();
        // SAFETY: strings live as long as the heap, which the path keeps.
        unsafe {
            list(|at, stride, room, count| gopm_heap_path_steps(pointer, at, stride, room, count))
        }
    }
}

impl std::fmt::Display for HeapPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.text().fmt(f)
    }
}

impl std::fmt::Debug for HeapPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HeapPath({})", self)
    }
}
