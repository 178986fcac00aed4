// SPDX-License-Identifier: Apache-2.0
//! How records are read: one, a list of all, or the next ones of an iterator.
use crate::error::{check, Error, Result};
use crate::kinds::Status;
use gopm_sys::{gopm_error, gopm_status};
use std::mem::{size_of, zeroed};
use std::ptr::null_mut;

/// A value that is made from a member of a record.
pub(crate) trait FromRaw<R> {
    /// # Safety
    /// Strings of `raw` must live as long as the result says.
    unsafe fn from_raw(raw: R) -> Self;
}

macro_rules! plain {
    ($($kind:ty),*) => {
        $(impl FromRaw<$kind> for $kind {
            #[inline]
            unsafe fn from_raw(raw: $kind) -> Self {
                raw
            }
        })*
    };
}

plain!(u32, i32, u64, i64, f64);

impl<const N: usize> FromRaw<[i64; N]> for [i64; N] {
    #[inline]
    unsafe fn from_raw(raw: [i64; N]) -> Self {
        raw
    }
}

/// A record of the library.
///
/// # Safety
/// The type must have the layout of `Raw`.
pub(crate) unsafe trait Record: Copy {
    type Raw: Copy;
}

/// Fills a struct that begins with its size.
///
/// # Safety
/// `Raw` must begin with struct_size, and its strings must live as long as the result says.
pub(crate) unsafe fn info<R: Record + FromRaw<R::Raw>>(
    call: impl FnOnce(*mut R::Raw) -> gopm_status,
) -> Result<R> {
    let mut raw: R::Raw = zeroed();
    (&mut raw as *mut R::Raw)
        .cast::<usize>()
        .write(size_of::<R::Raw>());
    check(call(&mut raw))?;
    Ok(R::from_raw(raw))
}

/// An array for records of the library to write. `None`: there is not that much memory.
pub(crate) fn room<R>(count: usize) -> Result<Vec<R>> {
    let mut records = Vec::new();
    match records.try_reserve_exact(count) {
        Ok(()) => Ok(records),
        Err(_) => Err(Error::of(Status::NO_MEMORY)),
    }
}

/// Calls a function that ends in (records, stride, capacity, count, err) until all records fit.
///
/// # Safety
/// The call must write the first records, at most `capacity`, if it returns GOPM_OK.
pub(crate) unsafe fn list_with_error<R: Record>(
    mut call: impl FnMut(*mut R::Raw, usize, usize, *mut usize, *mut *mut gopm_error) -> gopm_status,
) -> Result<Vec<R>> {
    let mut capacity = 16;
    loop {
        let mut records: Vec<R> = room(capacity)?;
        let (mut count, mut err) = (0, null_mut());
        let at = records.as_mut_ptr().cast::<R::Raw>();
        let status = call(at, size_of::<R>(), capacity, &mut count, &mut err);
        Error::result(status, err)?;
        if count <= capacity {
            records.set_len(count);
            return Ok(records);
        }
        capacity = count;
    }
}

/// As `list_with_error`, of a function without error objects. Nothing found is an empty list.
///
/// # Safety
/// As `list_with_error`.
pub(crate) unsafe fn list<R: Record>(
    mut call: impl FnMut(*mut R::Raw, usize, usize, *mut usize) -> gopm_status,
) -> Result<Vec<R>> {
    let found = list_with_error(|at, stride, capacity, count, _| call(at, stride, capacity, count));
    match found {
        Err(problem) if problem.status() == Status::NOT_FOUND => Ok(Vec::new()),
        other => other,
    }
}

/// Reads the next records of an iterator into an array, which it empties first. It stays empty at the end.
///
/// # Safety
/// The call must write `got` records if it returns GOPM_OK.
pub(crate) unsafe fn next<R: Record>(
    records: &mut Vec<R>,
    capacity: usize,
    call: impl FnOnce(*mut R::Raw, usize, usize, *mut usize) -> gopm_status,
) -> Result<()> {
    records.clear();
    if records.try_reserve_exact(capacity).is_err() {
        return Err(Error::of(Status::NO_MEMORY));
    }
    let mut got = 0;
    let at = records.as_mut_ptr().cast::<R::Raw>();
    match Status(call(at, size_of::<R>(), capacity, &mut got)) {
        Status::OK => records.set_len(got.min(capacity)),
        Status::DONE => {}
        status => return Err(Error::of(status)),
    }
    Ok(())
}

/// Reads up to `limit` more records of an iterator.
///
/// # Safety
/// As `next`.
pub(crate) unsafe fn rest<R: Record>(
    limit: usize,
    mut call: impl FnMut(*mut R::Raw, usize, usize, *mut usize) -> gopm_status,
) -> Result<Vec<R>> {
    let (mut all, mut batch) = (Vec::new(), Vec::new());
    while all.len() < limit {
        next(&mut batch, (limit - all.len()).min(256), &mut call)?;
        if batch.is_empty() {
            break;
        }
        if all.try_reserve(batch.len()).is_err() {
            return Err(Error::of(Status::NO_MEMORY));
        }
        all.extend_from_slice(&batch);
    }
    Ok(all)
}
