// SPDX-License-Identifier: Apache-2.0
//! Objects that goroutines wait for: channels, locks, timers, file descriptors.
use crate::core::Core;
use crate::error::{check, Result};
use crate::handle::Handle;
use crate::heap::Heap;
use crate::record::{list_with_error, room};
use crate::records::{Object, ObjectWaiter};
use gopm_sys::*;
use std::mem::{size_of, MaybeUninit};

/// Which objects to find.
#[must_use]
#[derive(Clone, Copy, Debug, Default)]
pub struct ObjectsOptions<'a> {
    flags: u32,
    address: u64,
    heap: Option<&'a Heap>,
}

impl<'a> ObjectsOptions<'a> {
    /// All objects that goroutines wait for.
    pub fn new() -> Self {
        ObjectsOptions::default()
    }

    /// Names by the shortest way from a variable or goroutine too, which takes long.
    pub fn paths(mut self) -> Self {
        self.flags |= GOPM_OBJECTS_FLAG_PATHS;
        self
    }

    /// Only the object at an address, or with this semaphore; 0: all.
    pub fn address(mut self, address: u64) -> Self {
        self.address = address;
        self
    }

    /// The heap of the same core: types and places come from it.
    pub fn heap(mut self, heap: &'a Heap) -> Self {
        self.heap = Some(heap);
        self
    }
}

/// Objects of a core, and who waits for them. Threads may share it.
///
/// ```no_run
/// # fn main() -> gopm::Result<()> {
/// # let core = gopm::Core::open_with("core", "server")?;
/// let objects = core.objects(&gopm::ObjectsOptions::new())?;
/// let first = objects.list(0, 1)?[0];
/// println!("{} goroutines wait for {} {:#x}", first.goroutines(), first.type_name(), first.address());
/// # assert_eq!(objects.waiters(first.address())?.len() as u64, first.goroutines());
/// # Ok(())
/// # }
/// ```
pub struct Objects {
    handle: Handle<gopm_objects>,
}

// SAFETY: many threads may use them at once (gopm/object.h).
unsafe impl Sync for Objects {}

impl Core {
    /// Finds objects, and the goroutines that wait for them.
    pub fn objects(&self, options: &ObjectsOptions<'_>) -> Result<Objects> {
        // SAFETY: the call initializes all of the options, and uses them only while it runs.
        let handle = unsafe {
            let mut raw = MaybeUninit::<gopm_objects_options>::uninit();
            gopm_objects_options_init(raw.as_mut_ptr(), size_of::<gopm_objects_options>());
            let mut raw = raw.assume_init();
            raw.flags = options.flags;
            raw.address = options.address;
            raw.heap = options.heap.map_or(raw.heap, |heap| heap.pointer());
            Handle::new(self, gopm_objects_free, |out, err| {
                gopm_objects_open(self.pointer(), &raw, out, err)
            })
        };
        let handle = handle.map_err(|e| {
            e.missing(|| format!("{:#x} is not an object to wait for", options.address))
        })?;
        Ok(Objects { handle })
    }
}

impl Objects {
    /// Their number.
    pub fn count(&self) -> Result<usize> {
        let mut count = 0;
        // SAFETY: no record is wanted.
        check(unsafe {
            gopm_objects_list(
                self.handle.pointer(),
                std::ptr::null_mut(),
                size_of::<gopm_object>(),
                0,
                0,
                &mut count,
            )
        })?;
        Ok(count)
    }

    /// At most `limit` objects from index `first` on, those with most goroutines first.
    pub fn list(&self, first: usize, limit: usize) -> Result<Vec<Object<'_>>> {
        let limit = limit.min(self.count()?.saturating_sub(first));
        let mut found: Vec<Object<'_>> = room(limit)?;
        let (at, mut count) = (found.as_mut_ptr().cast(), 0);
        // SAFETY: the call fills records, whose strings live as long as the objects.
        unsafe {
            let pointer = self.handle.pointer();
            check(gopm_objects_list(
                pointer,
                at,
                size_of::<gopm_object>(),
                first,
                limit,
                &mut count,
            ))?;
            found.set_len(limit.min(count.saturating_sub(first)));
        }
        Ok(found)
    }

    /// The goroutines that wait for the object at an address: the one that has waited longest first.
    pub fn waiters(&self, address: u64) -> Result<Vec<ObjectWaiter<'_>>> {
        let pointer = self.handle.pointer();
        // SAFETY: strings live as long as the core.
        let found = unsafe {
            list_with_error(|at, stride, room, count, _| {
                gopm_objects_waiters(pointer, address, at, stride, 0, room, count)
            })
        };
        found.map_err(|e| e.missing(|| format!("no object is at {address:#x}")))
    }
}

impl std::fmt::Debug for Objects {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} objects of {:?}",
            self.count().unwrap_or(0),
            self.handle.core()
        )
    }
}
