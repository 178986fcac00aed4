// SPDX-License-Identifier: Apache-2.0
//! Opening of cores, with options.
use crate::core::Core;
use crate::error::{c_text, Error, Result};
use crate::kinds::Status;
use crate::progress::{Progress, Watch};
use crate::reader::{read, Reader};
use gopm_sys::*;
use std::ffi::CString;
use std::fs::File;
use std::mem::{size_of, MaybeUninit};
use std::ops::ControlFlow;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::io::AsRawFd;
use std::path::Path;

/// The executable of a core.
#[derive(Default)]
enum Executable {
    #[default]
    Search,
    Path(std::path::PathBuf),
    Bytes(Bytes),
}

impl std::fmt::Debug for Executable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Executable::Search => f.write_str("searched"),
            Executable::Path(path) => path.fmt(f),
            Executable::Bytes(bytes) => write!(f, "{} bytes", (**bytes).as_ref().len()),
        }
    }
}

/// How to open a core: [`Core::options`].
///
/// ```no_run
/// # fn main() -> gopm::Result<()> {
/// use std::ops::ControlFlow;
///
/// let core = gopm::Core::options()
///     .exe("server")
///     .max_frames(1000)
///     .progress(|now| {
///         eprintln!("{} {} of {:?}", now.phase, now.done, now.total);
///         ControlFlow::Continue(())
///     })
///     .open("core")?;
/// # assert_eq!(core.info().machine(), "amd64");
/// # Ok(())
/// # }
/// ```
#[must_use]
#[derive(Default)]
pub struct OpenOptions<'a> {
    exe: Executable,
    flags: u32,
    sysroot: Option<std::path::PathBuf>,
    temporary_folder: Option<std::path::PathBuf>,
    limits: Limits,
    watch: Option<Watch<'a>>,
}

#[derive(Default)]
struct Limits {
    goroutines: u64,
    frames: u32,
    findings: u32,
    unpacked_size: u64,
    unpacked_disk: u64,
    unpacked_memory: u64,
    unpacked_ratio: u32,
    section_size: u64,
}

/// The source of a core.
pub(crate) enum Source<'a> {
    Path(&'a Path),
    Bytes(Bytes),
    Reader(Reader, u64),
    File(&'a File),
    Process(u32),
}

impl<'a> OpenOptions<'a> {
    /// The executable. Without one it is searched for.
    pub fn exe(mut self, path: impl AsRef<Path>) -> Self {
        self.exe = Executable::Path(path.as_ref().to_owned());
        self
    }

    /// The whole executable in memory: a vector, a mapping, an `Arc`. The core keeps it.
    pub fn exe_bytes(mut self, bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> Self {
        self.exe = Executable::Bytes(Box::new(bytes));
        self
    }

    /// Opens only the files that are named: searches neither for an executable nor for plugins.
    pub fn no_search(mut self) -> Self {
        self.flags |= GOPM_OPEN_NO_SEARCH;
        self
    }

    /// Does not read the executable's DWARF. Use it for executables that you do not trust.
    pub fn no_dwarf(mut self) -> Self {
        self.flags |= GOPM_OPEN_NO_DWARF;
        self
    }

    /// Maps the files into memory, which is faster if there are very many goroutines.
    ///
    /// # Safety
    /// The files must not change while the core is open: strings of records are in the mapping. If a file becomes shorter, or
    /// its disk fails, the process gets a SIGBUS.
    pub unsafe fn map(mut self) -> Self {
        self.flags |= GOPM_OPEN_MAP;
        self
    }

    /// A folder to put before every path from the core.
    pub fn sysroot(mut self, folder: impl AsRef<Path>) -> Self {
        self.sysroot = Some(folder.as_ref().to_owned());
        self
    }

    /// The folder for the unpacked core, instead of /var/tmp.
    pub fn temporary_folder(mut self, folder: impl AsRef<Path>) -> Self {
        self.temporary_folder = Some(folder.as_ref().to_owned());
        self
    }

    /// Entries of runtime.allgs; the default is 2^27.
    pub fn max_goroutines(mut self, limit: u64) -> Self {
        self.limits.goroutines = limit;
        self
    }

    /// Frames of one stack; the default is 65536.
    pub fn max_frames(mut self, limit: u32) -> Self {
        self.limits.frames = limit;
        self
    }

    /// Findings that are kept; all are counted. The default is 1000.
    pub fn max_findings(mut self, limit: u32) -> Self {
        self.limits.findings = limit;
        self
    }

    /// Bytes of an unpacked core, holes included; the default is 64 GiB.
    pub fn max_unpacked_size(mut self, limit: u64) -> Self {
        self.limits.unpacked_size = limit;
        self
    }

    /// Bytes of all temporary files, holes excluded; the default is 64 GiB.
    pub fn max_unpacked_disk(mut self, limit: u64) -> Self {
        self.limits.unpacked_disk = limit;
        self
    }

    /// Bytes of all unpacked ELF sections; the default is 2 GiB.
    pub fn max_unpacked_memory(mut self, limit: u64) -> Self {
        self.limits.unpacked_memory = limit;
        self
    }

    /// Bytes that a compressed byte may unpack to; `u32::MAX`: any number.
    pub fn max_unpacked_ratio(mut self, limit: u32) -> Self {
        self.limits.unpacked_ratio = limit;
        self
    }

    /// Bytes of one unpacked ELF section; the default is 1 GiB.
    pub fn max_section_size(mut self, limit: u64) -> Self {
        self.limits.section_size = limit;
        self
    }

    /// Called while the core is unpacked. `Break` ends the call with `Status::CANCELLED`.
    pub fn progress(
        mut self,
        callback: impl FnMut(Progress) -> ControlFlow<()> + Send + 'a,
    ) -> Self {
        self.watch = Some(Watch::new(callback));
        self
    }

    /// Opens a core file, plain or compressed.
    pub fn open(self, path: impl AsRef<Path>) -> Result<Core> {
        self.open_source(Source::Path(path.as_ref()))
    }

    /// Opens a core that is in memory, which the new core keeps.
    pub fn open_bytes(self, bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> Result<Core> {
        self.open_source(Source::Bytes(Box::new(bytes)))
    }

    /// Opens a core that a function reads: it fills a buffer with the bytes at an offset of a file of `size` bytes, and returns how many
    /// it read; less than the buffer has only at the end of the file. Any thread that uses the core calls it, one call at a time.
    /// After an error or a panic of the function, calls that need the core return `Status::IO`.
    pub fn open_reader(
        self,
        size: u64,
        read_at: impl FnMut(u64, &mut [u8]) -> std::io::Result<usize> + Send + 'static,
    ) -> Result<Core> {
        self.open_source(Source::Reader(Reader::new(read_at), size))
    }

    /// Opens a core by its descriptor. A pipe or socket is copied to its end.
    pub fn open_file(self, file: &File) -> Result<Core> {
        self.open_source(Source::File(file))
    }

    /// Opens a live process, which is stopped until the core and all that was made from it are dropped.
    pub fn attach(self, pid: u32) -> Result<Core> {
        if pid == 0 {
            return Err(Error::new(Status::ARGUMENT, "pid must not be 0"));
        }
        self.open_source(Source::Process(pid))
    }

    fn open_source(self, source: Source<'_>) -> Result<Core> {
        // SAFETY: what the options point to lives until the call ends; the sources as long as the core.
        self.with(source, |raw, sources| unsafe {
            Core::new(sources, |out, err| gopm_core_open(raw, out, err))
        })
    }

    /// Calls a function with the options of the library, and the files in memory that they point to.
    pub(crate) fn with<T>(
        mut self,
        source: Source<'_>,
        call: impl FnOnce(&gopm_core_options, Vec<FileSource>) -> Result<T>,
    ) -> Result<T> {
        let mut keep = Keep::default();
        // SAFETY: the call initializes all of the struct.
        let mut options: gopm_core_options = unsafe {
            let mut options = MaybeUninit::uninit();
            gopm_core_options_init(options.as_mut_ptr(), size_of::<gopm_core_options>());
            options.assume_init()
        };
        match source {
            Source::Path(path) => options.core_path = keep.path(path)?,
            Source::File(file) => options.core_fd = file.as_raw_fd(),
            Source::Process(pid) => options.core_pid = pid,
            Source::Reader(reader, size) => {
                options.core_read = Some(read);
                options.core_user_data = reader.user_data();
                options.core_read_size = size;
                keep.sources.push(FileSource::Function { _reader: reader });
            }
            Source::Bytes(bytes) => {
                let file = keep.bytes(bytes);
                (options.core_data, options.core_size) = (file.as_ptr().cast(), file.len());
            }
        }
        match std::mem::take(&mut self.exe) {
            Executable::Search => {}
            Executable::Path(path) => options.exe_path = keep.path(&path)?,
            Executable::Bytes(bytes) => {
                let file = keep.bytes(bytes);
                (options.exe_data, options.exe_size) = (file.as_ptr().cast(), file.len());
            }
        }
        if let Some(folder) = &self.sysroot {
            options.sysroot = keep.path(folder)?;
        }
        if let Some(folder) = &self.temporary_folder {
            options.temporary_folder = keep.path(folder)?;
        }
        options.flags = self.flags;
        options.max_goroutines = self.limits.goroutines;
        options.max_frames = self.limits.frames;
        options.max_findings = self.limits.findings;
        options.max_unpacked_size = self.limits.unpacked_size;
        options.max_unpacked_disk = self.limits.unpacked_disk;
        options.max_unpacked_memory = self.limits.unpacked_memory;
        options.max_unpacked_ratio = self.limits.unpacked_ratio;
        options.max_section_size = self.limits.section_size;
        (options.progress, options.progress_user_data) = Watch::parts(self.watch.as_ref());
        let result = call(&options, std::mem::take(&mut keep.sources));
        Watch::check(self.watch.as_mut());
        result
    }
}

impl std::fmt::Debug for OpenOptions<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenOptions")
            .field("exe", &self.exe)
            .field("flags", &self.flags)
            .finish_non_exhaustive()
    }
}

/// A whole file in memory, which stays where it is.
pub(crate) type Bytes = Box<dyn AsRef<[u8]> + Send + Sync>;

/// What a core reads as long as it is open.
pub(crate) enum FileSource {
    Memory(Bytes),
    Function { _reader: Reader },
}

/// What the options point to.
#[derive(Default)]
struct Keep {
    texts: Vec<CString>,
    sources: Vec<FileSource>,
}

impl Keep {
    fn path(&mut self, path: &Path) -> Result<*const std::os::raw::c_char> {
        let text = c_text(path.as_os_str().as_bytes())?;
        let pointer = text.as_ptr();
        self.texts.push(text);
        Ok(pointer)
    }

    fn bytes(&mut self, bytes: Bytes) -> &[u8] {
        self.sources.push(FileSource::Memory(bytes));
        match self.sources.last() {
            Some(FileSource::Memory(bytes)) => (**bytes).as_ref(),
            _ => &[],
        }
    }
}
