// SPDX-License-Identifier: Apache-2.0
//! Goroutines, one by one or in batches, and groups of them.
use crate::core::Core;
use crate::error::{c_text, Error, Result};
use crate::filter::Filter;
use crate::handle::Handle;
use crate::kinds::{Fields, GroupBy, Status};
use crate::progress::Watch;
use crate::record::{next, rest};
use crate::records::{Goroutine, Group};
use gopm_sys::*;
use std::ptr::null;

/// The records that [`Goroutines::next_batch`] reads at once.
pub const BATCH: usize = 8192;
/// The first batch of an iterator: often only the first goroutine is wanted.
const FIRST_BATCH: usize = 16;

/// An iterator over goroutines, in the order of runtime.allgs. It ends after an error.
///
/// ```no_run
/// # fn main() -> gopm::Result<()> {
/// # let core = gopm::Core::open_with("core", "server")?;
/// use gopm::Filter;
/// for goroutine in core.goroutines(&Filter::new().wait_reason("chan*"))? {
///     let goroutine = goroutine?;
///     println!("{} {}", goroutine.id(), goroutine.user().function());
/// }
/// // In batches it is faster: records are not copied.
/// let mut all = core.goroutines(&Filter::new())?;
/// let mut waiting = 0;
/// while let Some(batch) = all.next_batch()? {
///     waiting += batch.iter().filter(|g| g.status() == gopm::GoroutineStatus::WAITING).count();
/// }
/// # assert!(waiting > 2000);
/// # Ok(())
/// # }
/// ```
pub struct Goroutines<'a> {
    // Released before what its progress callback needs.
    handle: Handle<gopm_goroutine_iter>,
    watch: Option<Watch<'a>>,
    batch: Vec<Goroutine<'a>>,
    at: usize,
    capacity: usize,
    ended: bool,
}

impl<'a> Goroutines<'a> {
    pub(crate) fn open(
        core: &'a Core,
        filter: &Filter,
        mut watch: Option<Watch<'a>>,
    ) -> Result<Self> {
        let wanted = filter.raw(watch.as_ref())?;
        // SAFETY: the call copies the strings of the filter; the watch lives as long as the iterator.
        let handle = unsafe {
            Handle::new(core, gopm_goroutine_iter_free, |out, err| {
                gopm_goroutine_iter_open(core.pointer(), &wanted.raw, out, err)
            })
        };
        Watch::check(watch.as_mut());
        Ok(Goroutines {
            handle: handle?,
            watch,
            batch: Vec::new(),
            at: 0,
            capacity: FIRST_BATCH,
            ended: false,
        })
    }

    fn read(&mut self, capacity: usize) -> Result<()> {
        self.at = 0;
        self.batch.clear();
        if self.ended {
            return Ok(());
        }
        let pointer = self.handle.pointer();
        // SAFETY: the strings of the records live as long as the core, which is borrowed.
        let result = unsafe {
            next(&mut self.batch, capacity, |at, stride, room, got| {
                gopm_goroutine_iter_next(pointer, at, stride, room, got)
            })
        };
        self.ended = result.is_err() || self.batch.is_empty();
        Watch::check(self.watch.as_mut());
        result
    }

    /// The next goroutines, at most [`BATCH`]; `None`: there are no more. The next call reuses their memory.
    pub fn next_batch(&mut self) -> Result<Option<&[Goroutine<'a>]>> {
        if self.at == self.batch.len() {
            self.read(BATCH)?;
        }
        let batch = &self.batch[self.at..];
        self.at = self.batch.len();
        Ok((!batch.is_empty()).then_some(batch))
    }

    /// The first of them, if there is one.
    pub fn first(mut self) -> Result<Option<Goroutine<'a>>> {
        self.next().transpose()
    }
}

impl<'a> Iterator for Goroutines<'a> {
    type Item = Result<Goroutine<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at == self.batch.len() {
            let capacity = self.capacity;
            self.capacity = (capacity * 4).min(BATCH);
            if let Err(problem) = self.read(capacity) {
                return Some(Err(problem));
            }
        }
        let goroutine = self.batch.get(self.at).copied()?;
        self.at += 1;
        Some(Ok(goroutine))
    }
}

impl std::iter::FusedIterator for Goroutines<'_> {}

impl std::fmt::Debug for Goroutines<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Goroutines of {:?}", self.handle.core())
    }
}

/// Goroutines that were counted by a key, the largest group first.
pub struct Groups {
    // Their keys live as long as the iterator.
    _handle: Handle<gopm_group_iter>,
    groups: Vec<Group<'static>>,
}

impl Groups {
    pub(crate) fn open(
        core: &Core,
        by: GroupBy,
        label: Option<&str>,
        filter: &Filter,
        mut watch: Option<Watch<'_>>,
    ) -> Result<Groups> {
        if (by == GroupBy::LABEL) != label.is_some() {
            return Err(Error::new(
                Status::ARGUMENT,
                "groups by label need the label; use groups_by_label",
            ));
        }
        let wanted = filter.raw(watch.as_ref())?;
        let label = label.map(c_text).transpose()?;
        let key = label.as_ref().map_or(null(), |label| label.as_ptr());
        // SAFETY: this call does all the work, so that the filter need not live longer.
        let handle = unsafe {
            Handle::new(core, gopm_group_iter_free, |out, err| {
                gopm_group_iter_open(core.pointer(), by.0, key, &wanted.raw, out, err)
            })
        };
        Watch::check(watch.as_mut());
        let handle = handle?;
        // SAFETY: the handle is kept with the groups.
        let groups = unsafe {
            rest(usize::MAX, |at, stride, room, got| {
                gopm_group_iter_next(handle.pointer(), at, stride, room, got)
            })?
        };
        Ok(Groups {
            _handle: handle,
            groups,
        })
    }

    /// The groups.
    pub fn as_slice(&self) -> &[Group<'_>] {
        &self.groups
    }

    /// The groups, one by one.
    pub fn iter(&self) -> std::slice::Iter<'_, Group<'_>> {
        self.as_slice().iter()
    }
}

impl<'a> IntoIterator for &'a Groups {
    type Item = &'a Group<'a>;
    type IntoIter = std::slice::Iter<'a, Group<'a>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl std::fmt::Debug for Groups {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.as_slice()).finish()
    }
}

impl Fields {
    /// Only what is always filled: address, id, status, flags and m.
    pub const NONE: Fields = Fields(0);
}
