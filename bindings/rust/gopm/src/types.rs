// SPDX-License-Identifier: Apache-2.0
//! Types of the program, with fields and methods.
use crate::core::Core;
use crate::error::{c_text, check, Result};
use crate::handle::Handle;
use crate::kinds::Kind;
use crate::record::{info, FromRaw, Record};
use crate::records::{TypeField, TypeInfo, TypeMethod};
use crate::text::Text;
use crate::value::Value;
use crate::variables::ValueOptions;
use gopm_sys::*;
use std::mem::{size_of, zeroed};
use std::ptr::null_mut;

/// A type, from DWARF or from its descriptor. Threads may share it.
///
/// ```no_run
/// # fn main() -> gopm::Result<()> {
/// # let core = gopm::Core::open_with("core", "server")?;
/// let metrics = core.type_by_name("main.Metrics")?;
/// for (index, field) in metrics.fields()?.iter().enumerate() {
///     println!("{:4} {} {}", field.offset(), field.name(), metrics.field_type(index as u64)?);
/// }
/// # assert_eq!(metrics.fields()?[0].name(), "Name");
/// # Ok(())
/// # }
/// ```
pub struct Type {
    handle: Handle<gopm_type>,
}

// SAFETY: several threads may use it at the same time (gopm/type.h).
unsafe impl Sync for Type {}

impl Core {
    /// The type with a full name: `main.T`, `*net/http.Server`, `map[string]main.T`.
    pub fn type_by_name(&self, name: &str) -> Result<Type> {
        let text = c_text(name)?;
        // SAFETY: the type is released by its own function.
        let handle = unsafe {
            Handle::new(self, gopm_type_free, |out, err| {
                gopm_type_by_name(self.pointer(), text.as_ptr(), out, err)
            })
        };
        Ok(Type::new(
            handle.map_err(|e| e.missing(|| format!("no type {name}")))?,
        ))
    }

    /// The type whose descriptor is at an address.
    pub fn type_by_descriptor(&self, address: u64) -> Result<Type> {
        // SAFETY: the type is released by its own function.
        let handle = unsafe {
            Handle::new(self, gopm_type_free, |out, err| {
                gopm_type_by_descriptor(self.pointer(), address, out, err)
            })
        };
        Ok(Type::new(handle.map_err(|e| {
            e.missing(|| format!("no type descriptor is at {address:#x}"))
        })?))
    }
}

impl Type {
    pub(crate) fn new(handle: Handle<gopm_type>) -> Type {
        Type { handle }
    }

    /// All facts about the type.
    pub fn info(&self) -> TypeInfo<'_> {
        // SAFETY: strings live as long as the type.
        unsafe { info(|raw| gopm_type_get_info(self.handle.pointer(), raw)) }
            .expect("the size is this version's")
    }

    /// The name with full package paths.
    pub fn name(&self) -> Text<'_> {
        self.info().name()
    }

    /// The kind, as reflect.Kind numbers it.
    pub fn kind(&self) -> Kind {
        self.info().kind()
    }

    /// Bytes of a value.
    pub fn size(&self) -> u64 {
        self.info().size()
    }

    /// The fields of a struct, in the order of their offsets; empty: it is not a struct.
    pub fn fields(&self) -> Result<Vec<TypeField<'_>>> {
        let pointer = self.handle.pointer();
        let call = |index, at| unsafe {
            gopm_type_get_field(pointer, index, at, size_of::<gopm_type_field>(), null_mut())
        };
        self.all(self.info().field_count(), call)
    }

    /// The type of a field.
    pub fn field_type(&self, index: u64) -> Result<Type> {
        let what = || {
            format!(
                "{} has no field {index}, or its type is damaged",
                self.name()
            )
        };
        // SAFETY: no record is wanted.
        self.other(
            |out| unsafe { gopm_type_get_field(self.handle.pointer(), index, null_mut(), 0, out) },
            what,
        )
    }

    /// The methods, in the order of their names. Methods of `*T` belong to the pointer type.
    pub fn methods(&self) -> Result<Vec<TypeMethod<'_>>> {
        let pointer = self.handle.pointer();
        let call = |index, at| unsafe {
            gopm_type_get_method(
                pointer,
                index,
                at,
                size_of::<gopm_type_method>(),
                null_mut(),
            )
        };
        self.all(self.info().method_count(), call)
    }

    /// The func type of a method, without its receiver.
    pub fn method_type(&self, index: u64) -> Result<Type> {
        let what = || {
            format!(
                "{} has no method {index}, or the linker removed its type",
                self.name()
            )
        };
        // SAFETY: no record is wanted.
        self.other(
            |out| unsafe { gopm_type_get_method(self.handle.pointer(), index, null_mut(), 0, out) },
            what,
        )
    }

    /// The element type of a pointer, array, slice, channel or map.
    pub fn elem(&self) -> Result<Type> {
        let what = || format!("{} has no element type", self.name());
        // SAFETY: the handle is open.
        self.other(
            |out| unsafe { gopm_type_elem(self.handle.pointer(), out) },
            what,
        )
    }

    /// The key type of a map.
    pub fn key(&self) -> Result<Type> {
        let what = || format!("{} has no key type", self.name());
        // SAFETY: the handle is open.
        self.other(
            |out| unsafe { gopm_type_key(self.handle.pointer(), out) },
            what,
        )
    }

    /// The type of a func's parameter; results follow the parameters.
    pub fn parameter(&self, index: u64) -> Result<Type> {
        let what = || format!("{} has no parameter {index}", self.name());
        // SAFETY: the handle is open.
        self.other(
            |out| unsafe { gopm_type_parameter(self.handle.pointer(), index, out) },
            what,
        )
    }

    /// Reads memory as a value of this type, whatever is there.
    pub fn value_at(&self, address: u64, options: &ValueOptions) -> Result<Value> {
        let raw = options.raw();
        // SAFETY: the call uses the options only while it runs.
        let handle = unsafe {
            Handle::new(self.handle.core(), gopm_value_free, |out, err| {
                gopm_value_at(self.handle.pointer(), address, &raw, out, err)
            })?
        };
        Value::new(handle)
    }

    fn other(
        &self,
        call: impl FnOnce(*mut *mut gopm_type) -> gopm_status,
        what: impl FnOnce() -> String,
    ) -> Result<Type> {
        // SAFETY: the type is released by its own function.
        let handle = unsafe { Handle::new(self.handle.core(), gopm_type_free, |out, _| call(out)) };
        Ok(Type::new(handle.map_err(|e| e.missing(what))?))
    }

    /// Records whose strings live as long as the type.
    fn all<R: Record + FromRaw<R::Raw>>(
        &self,
        count: u64,
        call: impl Fn(u64, *mut R::Raw) -> gopm_status,
    ) -> Result<Vec<R>> {
        let mut found = Vec::new();
        for index in 0..count {
            // SAFETY: records are plain data, which the call fills.
            unsafe {
                let mut raw: R::Raw = zeroed();
                check(call(index, &mut raw))?;
                found.push(R::from_raw(raw));
            }
        }
        Ok(found)
    }
}

impl std::fmt::Display for Type {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.name().fmt(f)
    }
}

impl std::fmt::Debug for Type {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Type({})", self.name())
    }
}
