// SPDX-License-Identifier: Apache-2.0
//! Stacks and their frames.
use crate::core::Core;
use crate::error::Result;
use crate::handle::Handle;
use crate::kinds::StackEnd;
use crate::record::{list, next};
use crate::records::{FrameRecord, Goroutine, Register, Thread};
use crate::text::Text;
use crate::value::Value;
use crate::variables::{ValueOptions, Variables};
use gopm_sys::*;
use std::mem::{size_of, MaybeUninit};
use std::ops::Deref;
use std::ptr::null_mut;

/// Whose stack to read. A number is the id of a goroutine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StackOf {
    /// The goroutine with an id.
    Goroutine(u64),
    /// The goroutine whose runtime.g is at an address.
    GoroutineAt(u64),
    /// The thread with a kernel id, from its registers on.
    Thread(u64),
}

impl From<u64> for StackOf {
    fn from(id: u64) -> Self {
        StackOf::Goroutine(id)
    }
}

impl From<&Goroutine<'_>> for StackOf {
    fn from(goroutine: &Goroutine<'_>) -> Self {
        StackOf::GoroutineAt(goroutine.address())
    }
}

impl From<&Thread<'_>> for StackOf {
    fn from(thread: &Thread<'_>) -> Self {
        StackOf::Thread(thread.id())
    }
}

/// A window of a stack, and which frames are in it.
#[must_use]
#[derive(Clone, Copy, Debug, Default)]
pub struct StackOptions {
    flags: u32,
    max_frames: u32,
    first_frame: u64,
    outer_frames: u32,
}

impl StackOptions {
    /// The whole stack.
    pub fn new() -> Self {
        StackOptions::default()
    }

    /// Leaves out frames on the stacks of threads, and frames of C.
    pub fn user_only(mut self) -> Self {
        self.flags |= GOPM_STACK_USER_ONLY;
        self
    }

    /// Frames as Delve has them.
    pub fn delve(mut self) -> Self {
        self.flags |= GOPM_STACK_DELVE;
        self
    }

    /// At most this many frames.
    pub fn max_frames(mut self, count: u32) -> Self {
        self.max_frames = count;
        self
    }

    /// Leaves out this many frames at the inner end.
    pub fn first_frame(mut self, count: u64) -> Self {
        self.first_frame = count;
        self
    }

    /// Only this many frames at the outer end.
    pub fn outer_frames(mut self, count: u32) -> Self {
        self.outer_frames = count;
        self
    }

    fn raw(&self, of: StackOf) -> gopm_stack_options {
        // SAFETY: the call initializes all of the struct.
        let mut raw: gopm_stack_options = unsafe {
            let mut raw = MaybeUninit::uninit();
            gopm_stack_options_init(raw.as_mut_ptr(), size_of::<gopm_stack_options>());
            raw.assume_init()
        };
        match of {
            StackOf::Goroutine(id) => raw.goroutine_id = id,
            StackOf::GoroutineAt(address) => raw.goroutine_address = address,
            StackOf::Thread(id) => raw.thread_id = id,
        }
        raw.flags = self.flags;
        raw.max_frames = self.max_frames;
        raw.first_frame = self.first_frame;
        raw.outer_frames = self.outer_frames;
        raw
    }
}

fn missing(of: StackOf) -> String {
    match of {
        StackOf::Goroutine(id) => format!("no goroutine {id}"),
        StackOf::GoroutineAt(address) => format!("no goroutine at {address:#x}"),
        StackOf::Thread(id) => format!("no thread {id}"),
    }
}

/// An unwound stack, the innermost frame first. One thread at a time may use it.
///
/// ```no_run
/// # fn main() -> gopm::Result<()> {
/// # let core = gopm::Core::open_with("core", "server")?;
/// let stack = core.stack(20)?;
/// for frame in &stack {
///     println!("{} at {}:{}", frame.function(), frame.file(), frame.line());
///     for variable in frame.variables()?.iter() {
///         println!("    {}", variable?);
///     }
/// }
/// # assert_eq!(stack.frame(3).unwrap().function(), "main.(*Metrics).SetM");
/// # Ok(())
/// # }
/// ```
pub struct Stack {
    handle: Handle<gopm_stack>,
    frames: Vec<FrameRecord<'static>>,
}

impl Stack {
    pub(crate) fn open(core: &Core, of: StackOf, options: &StackOptions) -> Result<Stack> {
        let raw = options.raw(of);
        // SAFETY: the call uses the options only while it runs.
        let handle = unsafe {
            Handle::new(core, gopm_stack_free, |out, err| {
                gopm_stack_open(core.pointer(), &raw, out, err)
            })
        };
        let mut stack = Stack {
            handle: handle.map_err(|e| e.missing(|| missing(of)))?,
            frames: Vec::new(),
        };
        stack.read()?;
        Ok(stack)
    }

    /// Unwinds another stack of the same core into this one, which allocates less. On failure the stack is empty.
    pub fn reopen(&mut self, of: impl Into<StackOf>, options: &StackOptions) -> Result<()> {
        let (of, mut err) = (of.into(), null_mut());
        let raw = options.raw(of);
        self.frames.clear();
        // SAFETY: no frame of the old stack is borrowed.
        unsafe {
            let status = gopm_stack_reopen(self.handle.pointer(), &raw, &mut err);
            crate::error::Error::result(status, err).map_err(|e| e.missing(|| missing(of)))?;
        }
        self.read()
    }

    fn read(&mut self) -> Result<()> {
        let pointer = self.handle.pointer();
        // SAFETY: strings of frames live as long as the core, which the handle keeps.
        unsafe {
            let size = gopm_stack_size(pointer);
            if size == 0 {
                return Ok(());
            }
            next(&mut self.frames, size, |at, stride, room, got| {
                gopm_stack_frames(pointer, 0, at, stride, room, got)
            })
        }
    }

    pub(crate) fn pointer(&self) -> *mut gopm_stack {
        self.handle.pointer()
    }

    /// The number of frames, inlined ones included.
    pub fn len(&self) -> usize {
        self.frames.len()
    }

    /// True if it has no frames.
    pub fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// A frame; 0 is the innermost one.
    pub fn frame(&self, index: usize) -> Option<Frame<'_>> {
        (index < self.len()).then_some(Frame { stack: self, index })
    }

    /// The frames, the innermost first.
    pub fn iter(&self) -> Frames<'_> {
        Frames {
            stack: self,
            index: 0,
        }
    }

    /// Why the stack ends.
    pub fn end(&self) -> StackEnd {
        self.end_at().0
    }

    /// The address at which the unwinder stopped; `None`: the stack is complete, or there is no address.
    pub fn end_address(&self) -> Option<u64> {
        match self.end_at() {
            (StackEnd::COMPLETE, _) | (_, 0) => None,
            (_, address) => Some(address),
        }
    }

    fn end_at(&self) -> (StackEnd, u64) {
        let mut address = 0;
        // SAFETY: the handle is open.
        let end = unsafe { gopm_stack_end(self.handle.pointer(), &mut address) };
        (StackEnd(end), address)
    }

    /// Frames that were left out at the inner end.
    pub fn first(&self) -> u64 {
        // SAFETY: the handle is open.
        unsafe { gopm_stack_first(self.handle.pointer()) }
    }

    /// The frames of the whole stack; `None`: it was not unwound to its end.
    pub fn depth(&self) -> Option<u64> {
        // SAFETY: the handle is open.
        let depth = unsafe { gopm_stack_depth(self.handle.pointer()) };
        (depth != 0).then_some(depth)
    }
}

impl std::fmt::Debug for Stack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// The frames of a stack.
#[derive(Clone, Debug)]
pub struct Frames<'a> {
    stack: &'a Stack,
    index: usize,
}

impl<'a> Iterator for Frames<'a> {
    type Item = Frame<'a>;

    fn next(&mut self) -> Option<Frame<'a>> {
        let frame = self.stack.frame(self.index)?;
        self.index += 1;
        Some(frame)
    }
}

impl<'a> IntoIterator for &'a Stack {
    type Item = Frame<'a>;
    type IntoIter = Frames<'a>;

    fn into_iter(self) -> Frames<'a> {
        self.iter()
    }
}

/// One frame. An inlined call is a frame of its own. It dereferences to its record.
#[derive(Clone, Copy)]
pub struct Frame<'a> {
    stack: &'a Stack,
    index: usize,
}

impl<'a> Deref for Frame<'a> {
    type Target = FrameRecord<'a>;

    fn deref(&self) -> &FrameRecord<'a> {
        &self.stack.frames[self.index]
    }
}

impl<'a> Frame<'a> {
    /// Its index; 0 is the innermost frame.
    pub fn index(self) -> usize {
        self.index
    }

    /// The function as the source writes it: `main.(*T).M`.
    pub fn function(self) -> Text<'a> {
        self.location().function()
    }

    /// The file as compiled.
    pub fn file(self) -> Text<'a> {
        self.location().file()
    }

    /// The line; 0: unknown.
    pub fn line(self) -> u32 {
        self.location().line()
    }

    /// Arguments, results and locals.
    pub fn variables(self) -> Result<Variables> {
        self.variables_with(&ValueOptions::default())
    }

    /// As [`variables`](Frame::variables), with options.
    pub fn variables_with(self, options: &ValueOptions) -> Result<Variables> {
        let handle = &self.stack.handle;
        let raw = options.raw();
        // SAFETY: the call uses the options only while it runs.
        let found = unsafe {
            Handle::new(handle.core(), gopm_vars_free, |out, err| {
                gopm_frame_vars(handle.pointer(), self.index, &raw, out, err)
            })
        };
        let found = found
            .map_err(|e| e.missing(|| format!("the DWARF has no function at {:#x}", self.pc())))?;
        Ok(Variables::new(found))
    }

    /// Evaluates a Go expression on this frame: `len(m.inChannel) == cap(m.inChannel)`.
    pub fn eval(self, expression: &str) -> Result<Value> {
        self.eval_with(expression, &ValueOptions::default())
    }

    /// As [`eval`](Frame::eval), with options.
    pub fn eval_with(self, expression: &str, options: &ValueOptions) -> Result<Value> {
        let handle = &self.stack.handle;
        Value::eval(
            handle.core(),
            handle.pointer(),
            self.index,
            expression,
            options,
        )
    }

    /// The general registers; empty: they are not known.
    pub fn registers(self) -> Result<Vec<Register<'a>>> {
        let pointer = self.stack.handle.pointer();
        // SAFETY: strings live as long as the core.
        unsafe {
            list(|at, stride, room, count| {
                gopm_frame_registers(pointer, self.index, at, stride, room, count)
            })
        }
    }
}

impl std::fmt::Debug for Frame<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} {} at {}:{}",
            self.index,
            self.function(),
            self.file(),
            self.line()
        )
    }
}
