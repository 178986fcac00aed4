// SPDX-License-Identifier: Apache-2.0
//! An open core.
use crate::error::{c_text, check, Error, Result};
use crate::filter::Filter;
use crate::goroutine::{Goroutines, Groups};
use crate::handle::{made, Handle};
use crate::heap::Heap;
use crate::kinds::{GroupBy, Status};
use crate::open::{FileSource, OpenOptions};
use crate::progress::{Progress, Watch};
use crate::record::{info, list, rest, FromRaw, Record};
use crate::records::{
    BuildInfo, BuildModule, BuildSetting, CoreInfo, Finding, Goroutine, Label, Location, Mapping,
    Module, Register, Thread, Wait,
};
use crate::stack::{Stack, StackOf, StackOptions};
use crate::text::Text;
use crate::value::Value;
use crate::variables::{ValueOptions, Variables};
use crate::why::{Why, WhyOptions};
use gopm_sys::*;
use std::ops::ControlFlow;
use std::path::Path;
use std::ptr::{null, null_mut, NonNull};
use std::sync::Arc;

struct Inner {
    pointer: NonNull<gopm_core>,
    // What the library reads, released after the core.
    _sources: Vec<FileSource>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        // SAFETY: this is the last reference: handles have one too.
        unsafe { gopm_core_close(self.pointer.as_ptr()) }
    }
}

// SAFETY: several threads may use one core at the same time (gopm/types.h).
unsafe impl Send for Inner {}
// SAFETY: likewise.
unsafe impl Sync for Inner {}

/// An open core. Threads may share it, and a clone is the same core. It is closed when it, its clones and all that was made
/// from it are dropped.
///
/// ```no_run
/// # fn main() -> gopm::Result<()> {
/// let core = gopm::Core::open_with("core", "server")?;
/// for group in core.groups(gopm::GroupBy::USER, &gopm::Filter::new())?.iter() {
///     println!("{:8} {}", group.count(), group.location().function());
/// }
/// println!("{}", core.why()?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Core(Arc<Inner>);

impl Core {
    /// Opens a core file. Its executable is searched for: by the path in the core, by its build ID, in the core itself.
    pub fn open(core: impl AsRef<Path>) -> Result<Core> {
        Core::options().open(core)
    }

    /// Opens a core file and its executable.
    pub fn open_with(core: impl AsRef<Path>, exe: impl AsRef<Path>) -> Result<Core> {
        Core::options().exe(exe).open(core)
    }

    /// Options to open a core with: limits, progress, cores in memory, live processes.
    pub fn options<'a>() -> OpenOptions<'a> {
        OpenOptions::default()
    }

    /// # Safety
    /// The call must make a core, which may use `sources` until it is closed.
    pub(crate) unsafe fn new(
        sources: Vec<FileSource>,
        call: impl FnOnce(*mut *mut gopm_core, *mut *mut gopm_error) -> gopm_status,
    ) -> Result<Core> {
        Ok(Core(Arc::new(Inner {
            pointer: made(call)?,
            _sources: sources,
        })))
    }

    pub(crate) fn pointer(&self) -> *mut gopm_core {
        self.0.pointer.as_ptr()
    }

    /// The pointer, for functions of `gopm-sys`. It is valid as long as this core.
    pub fn as_ptr(&self) -> *mut gopm_core {
        self.pointer()
    }

    /// Facts that need no scan.
    pub fn info(&self) -> CoreInfo<'_> {
        // SAFETY: strings live as long as the core.
        unsafe { info(|raw| gopm_core_get_info(self.pointer(), raw)) }
            .expect("the size is this version's")
    }

    /// How the executable was built; `None`: it does not say.
    pub fn build_info(&self) -> Result<Option<BuildInfo<'_>>> {
        // SAFETY: strings live as long as the core.
        match unsafe { info(|raw| gopm_core_build_info(self.pointer(), raw)) } {
            Ok(found) => Ok(Some(found)),
            Err(problem) if problem.status() == Status::NOT_FOUND => Ok(None),
            Err(problem) => Err(problem),
        }
    }

    /// The build settings, in the order of the executable.
    pub fn build_settings(&self) -> Result<Vec<BuildSetting<'_>>> {
        // SAFETY: strings live as long as the core.
        unsafe {
            list(|at, stride, room, count| {
                gopm_build_settings(self.pointer(), at, stride, room, count)
            })
        }
    }

    /// The modules that the executable was built with.
    pub fn dependencies(&self) -> Result<Vec<BuildModule<'_>>> {
        // SAFETY: strings live as long as the core.
        unsafe {
            list(|at, stride, room, count| {
                gopm_build_dependencies(self.pointer(), at, stride, room, count)
            })
        }
    }

    /// The goroutines that match all conditions.
    pub fn goroutines(&self, filter: &Filter) -> Result<Goroutines<'_>> {
        Goroutines::open(self, filter, None)
    }

    /// As [`goroutines`](Core::goroutines), with a callback while they are read.
    pub fn goroutines_with_progress<'a>(
        &'a self,
        filter: &Filter,
        progress: impl FnMut(Progress) -> ControlFlow<()> + Send + 'a,
    ) -> Result<Goroutines<'a>> {
        Goroutines::open(self, filter, Some(Watch::new(progress)))
    }

    /// The goroutine with an id.
    pub fn goroutine(&self, id: u64) -> Result<Goroutine<'_>> {
        self.find_goroutine(id, gopm_goroutine_by_id)
            .map_err(|e| e.missing(|| format!("no goroutine {id}")))
    }

    /// The goroutine whose runtime.g is at an address.
    pub fn goroutine_at(&self, address: u64) -> Result<Goroutine<'_>> {
        self.find_goroutine(address, gopm_goroutine_by_address)
            .map_err(|e| e.missing(|| format!("no goroutine at {address:#x}")))
    }

    fn find_goroutine(
        &self,
        key: u64,
        find: unsafe extern "C" fn(
            *mut gopm_core,
            u64,
            *mut gopm_goroutine,
            usize,
            *mut *mut gopm_error,
        ) -> gopm_status,
    ) -> Result<Goroutine<'_>> {
        // SAFETY: the record is filled on success, and its strings live as long as the core.
        unsafe {
            let (mut record, mut err) = (std::mem::zeroed(), null_mut());
            let size = std::mem::size_of::<gopm_goroutine>();
            let status = find(self.pointer(), key, &mut record, size, &mut err);
            Error::result(status, err)?;
            Ok(Goroutine::from_raw(record))
        }
    }

    /// The objects that a goroutine waits on: several in a select.
    pub fn waits(&self, goroutine: &Goroutine<'_>) -> Result<Vec<Wait<'_>>> {
        let address = goroutine.address();
        // SAFETY: strings live as long as the core.
        unsafe {
            list(|at, stride, room, count| {
                gopm_goroutine_waits(self.pointer(), address, at, stride, room, count)
            })
        }
    }

    /// The pprof labels of a goroutine.
    pub fn labels(&self, goroutine: &Goroutine<'_>) -> Result<Vec<Label<'_>>> {
        let address = goroutine.address();
        // SAFETY: strings live as long as the core.
        unsafe {
            list(|at, stride, room, count| {
                gopm_goroutine_labels(self.pointer(), address, at, stride, room, count)
            })
        }
    }

    /// Counts the goroutines that match all conditions by a key, the largest group first. `GroupBy::LABEL` needs
    /// [`groups_by_label`](Core::groups_by_label).
    pub fn groups(&self, by: GroupBy, filter: &Filter) -> Result<Groups> {
        Groups::open(self, by, None, filter, None)
    }

    /// As [`groups`](Core::groups), with a callback while goroutines are read.
    pub fn groups_with_progress<'a>(
        &self,
        by: GroupBy,
        filter: &Filter,
        progress: impl FnMut(Progress) -> ControlFlow<()> + Send + 'a,
    ) -> Result<Groups> {
        Groups::open(self, by, None, filter, Some(Watch::new(progress)))
    }

    /// Counts goroutines by the value of one pprof label.
    pub fn groups_by_label(&self, label: &str, filter: &Filter) -> Result<Groups> {
        Groups::open(self, GroupBy::LABEL, Some(label), filter, None)
    }

    /// The stack of a goroutine, by its id or record, or of a thread.
    pub fn stack(&self, of: impl Into<StackOf>) -> Result<Stack> {
        Stack::open(self, of.into(), &StackOptions::default())
    }

    /// A stack with options: a window of a deep one, or only Go's frames.
    pub fn stack_with(&self, of: impl Into<StackOf>, options: &StackOptions) -> Result<Stack> {
        Stack::open(self, of.into(), options)
    }

    /// The threads, in the order of the core: the one that died first is the first.
    pub fn threads(&self) -> Result<Vec<Thread<'_>>> {
        self.all(
            gopm_thread_iter_open,
            gopm_thread_iter_next,
            gopm_thread_iter_free,
        )
    }

    /// The general registers of a thread.
    pub fn registers(&self, thread: &Thread<'_>) -> Result<Vec<Register<'_>>> {
        let id = thread.id();
        // SAFETY: strings live as long as the core.
        unsafe {
            list(|at, stride, room, count| {
                gopm_thread_registers(self.pointer(), id, at, stride, room, count)
            })
        }
    }

    /// The memory mappings by address.
    pub fn mappings(&self) -> Result<Vec<Mapping<'_>>> {
        self.all(
            gopm_mapping_iter_open,
            gopm_mapping_iter_next,
            gopm_mapping_iter_free,
        )
    }

    /// The program, its shared libraries and the vDSO.
    pub fn modules(&self) -> Result<Vec<Module<'_>>> {
        self.all(
            gopm_module_iter_open,
            gopm_module_iter_next,
            gopm_module_iter_free,
        )
    }

    /// Damage and missing data that was found so far.
    pub fn findings(&self) -> Result<Vec<Finding<'_>>> {
        self.all(
            gopm_finding_iter_open,
            gopm_finding_iter_next,
            gopm_finding_iter_free,
        )
    }

    /// The number of findings, also of those that were not kept.
    pub fn finding_count(&self) -> u64 {
        // SAFETY: the core is open.
        unsafe { gopm_finding_total(self.pointer()) }
    }

    /// All records of an iterator whose strings live as long as the core.
    fn all<I, R: Record>(
        &self,
        open: unsafe extern "C" fn(
            *mut gopm_core,
            *mut *mut I,
            *mut *mut gopm_error,
        ) -> gopm_status,
        next: unsafe extern "C" fn(*mut I, *mut R::Raw, usize, usize, *mut usize) -> gopm_status,
        free: unsafe extern "C" fn(*mut I),
    ) -> Result<Vec<R>> {
        // SAFETY: the functions belong together.
        unsafe {
            let iterator = Handle::new(self, free, |out, err| open(self.pointer(), out, err))?;
            rest(usize::MAX, |at, stride, room, got| {
                next(iterator.pointer(), at, stride, room, got)
            })
        }
    }

    /// Evaluates a Go expression on package variables: `main.x`. [`Frame::eval`](crate::Frame::eval) has variables of a frame
    /// too.
    pub fn eval(&self, expression: &str) -> Result<Value> {
        self.eval_with(expression, &ValueOptions::default())
    }

    /// As [`eval`](Core::eval), with options.
    pub fn eval_with(&self, expression: &str, options: &ValueOptions) -> Result<Value> {
        Value::eval(self, null(), 0, expression, options)
    }

    /// The package variables whose full name matches a glob: `main.*`, `net/http.DefaultClient`.
    pub fn variables(&self, glob: &str) -> Result<Variables> {
        self.variables_with(glob, &ValueOptions::default())
    }

    /// As [`variables`](Core::variables), with options.
    pub fn variables_with(&self, glob: &str, options: &ValueOptions) -> Result<Variables> {
        let (glob, options) = (c_text(glob)?, options.raw());
        // SAFETY: the call uses the text and the options only while it runs.
        let handle = unsafe {
            Handle::new(self, gopm_vars_free, |out, err| {
                gopm_package_vars(self.pointer(), glob.as_ptr(), &options, out, err)
            })?
        };
        Ok(Variables::new(handle))
    }

    /// Why the program hangs: goroutines that are stuck, what they wait for, and whom to blame.
    pub fn why(&self) -> Result<Why> {
        Why::open(self, &WhyOptions::default(), None)
    }

    /// As [`why`](Core::why), with options.
    pub fn why_with(&self, options: &WhyOptions<'_>) -> Result<Why> {
        Why::open(self, options, None)
    }

    /// As [`why_with`](Core::why_with), with a callback during the analysis.
    pub fn why_with_progress<'a>(
        &self,
        options: &WhyOptions<'_>,
        progress: impl FnMut(Progress) -> ControlFlow<()> + Send + 'a,
    ) -> Result<Why> {
        Why::open(self, options, Some(Watch::new(progress)))
    }

    /// Reads and marks the heap.
    pub fn heap(&self) -> Result<Heap> {
        Heap::open(self, None)
    }

    /// As [`heap`](Core::heap), with a callback while it is marked.
    pub fn heap_with_progress<'a>(
        &self,
        progress: impl FnMut(Progress) -> ControlFlow<()> + Send + 'a,
    ) -> Result<Heap> {
        Heap::open(self, Some(Watch::new(progress)))
    }

    /// Fills a buffer with memory of the process. If a part is missing, the error has its address; what comes before is
    /// filled.
    pub fn read_memory(&self, address: u64, buffer: &mut [u8]) -> Result<()> {
        let mut got = 0;
        let (at, size) = (buffer.as_mut_ptr().cast(), buffer.len());
        // SAFETY: the call writes at most the size of the buffer.
        let status = unsafe { gopm_memory_read(self.pointer(), address, at, size, &mut got) };
        if Status(status) == Status::MISSING_MEMORY {
            let missing = address.wrapping_add(got as u64);
            let what = format!("{} bytes at {missing:#x} are not in the core", size - got);
            return Err(Error::new(Status::MISSING_MEMORY, what).at(missing));
        }
        check(status)
    }

    /// The functions at a pc, the innermost inlined call first; empty: it is not in Go.
    pub fn symbolize(&self, pc: u64) -> Result<Vec<Location<'_>>> {
        // SAFETY: strings live as long as the core.
        unsafe {
            list(|at, stride, room, count| {
                gopm_symbolize(self.pointer(), pc, at, stride, room, count)
            })
        }
    }

    /// The symbol of a function, as the linker and Delve write it.
    pub fn symbol_name<'a>(&'a self, function: Text<'a>) -> Text<'a> {
        let bytes = function.as_bytes();
        let raw = gopm_str {
            data: bytes.as_ptr().cast(),
            size: bytes.len(),
        };
        // SAFETY: the result is the name that was given, or lives as long as the core.
        unsafe { Text::from_raw(gopm_symbol_name(self.pointer(), raw)) }
    }
}

impl std::fmt::Debug for Core {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Core({})", self.info().core_path())
    }
}
