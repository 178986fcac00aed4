// SPDX-License-Identifier: Apache-2.0
//! Typed values of the program, whose parts are read when they are asked for.
use crate::core::Core;
use crate::error::{c_text, Error, Result};
use crate::handle::Handle;
use crate::kinds::{Kind, Provenance, Status, ValueFlags};
use crate::record::info;
use crate::records::ValueInfo;
use crate::text::Text;
use crate::types::Type;
use crate::variables::{text_of, ValueOptions};
use gopm_sys::*;

/// Bytes that are read at once: a length of the core may be wrong.
const CHUNK: u64 = 1 << 20;
/// Pointers and embedded fields that are followed to a field.
const MOST_STEPS: usize = 100;

/// A value: a variable, a field, an element, or the result of an expression.
///
/// `Display` writes `name = text`. What cannot be read is an error with the reason, `Status::MISSING_MEMORY`; so is its
/// conversion. A value of another kind than wanted is `Status::ARGUMENT`.
///
/// ```no_run
/// # fn main() -> gopm::Result<()> {
/// # let core = gopm::Core::open_with("core", "server")?;
/// let stack = core.stack(20)?;
/// let m = stack.frame(3).unwrap().variables()?.get("m")?.unwrap();
/// assert_eq!(m.type_name(), "*main.Metrics");
/// assert_eq!(m.provenance(), gopm::Provenance::RECOVERED);
/// let channel = m.field("inChannel")?;
/// assert_eq!((channel.length()?, channel.senders()?), (100, 1001));
/// for (key, count) in m.field("counters")?.entries()? {
///     println!("{}: {}", key.to_text()?, count.as_i64()?);
/// }
/// # Ok(())
/// # }
/// ```
pub struct Value {
    handle: Handle<gopm_value>,
    info: ValueInfo<'static>,
}

impl Value {
    pub(crate) fn new(handle: Handle<gopm_value>) -> Result<Value> {
        // SAFETY: strings live as long as the handle, which is kept with the record.
        let info = unsafe { info(|raw| gopm_value_get_info(handle.pointer(), raw))? };
        Ok(Value { handle, info })
    }

    pub(crate) fn eval(
        core: &Core,
        stack: *const gopm_stack,
        frame: usize,
        expression: &str,
        options: &ValueOptions,
    ) -> Result<Value> {
        let (text, raw) = (c_text(expression)?, options.raw());
        // SAFETY: the call uses its arguments only while it runs.
        let handle = unsafe {
            Handle::new(core, gopm_value_free, |out, err| {
                gopm_eval(core.pointer(), stack, frame, text.as_ptr(), &raw, out, err)
            })
        };
        Value::new(
            handle.map_err(|e| {
                e.missing(|| format!("{expression}: the map does not have this key"))
            })?,
        )
    }

    /// All facts about the value.
    pub fn info(&self) -> &ValueInfo<'_> {
        &self.info
    }

    /// The name of the variable or field, or `[3]`; empty: none.
    pub fn name(&self) -> Text<'_> {
        self.info.name()
    }

    /// The type with full package paths.
    pub fn type_name(&self) -> Text<'_> {
        self.info.type_name()
    }

    /// The kind, as reflect.Kind numbers it.
    pub fn kind(&self) -> Kind {
        self.info.kind()
    }

    /// How sure the value is.
    pub fn provenance(&self) -> Provenance {
        self.info.provenance()
    }

    /// The address in the process; `None`: it is in registers, or unreadable.
    pub fn address(&self) -> Option<u64> {
        let address = self.info.address();
        (address != 0).then_some(address)
    }

    /// The reason why the value is unreadable; `None`: it is readable.
    pub fn unreadable(&self) -> Option<Text<'_>> {
        let reason = self.info.unreadable();
        (!reason.is_empty()).then_some(reason)
    }

    /// True if it is a nil pointer, slice, map, channel, function or interface.
    pub fn is_nil(&self) -> Result<bool> {
        self.readable()?;
        Ok(self.info.flags().contains(ValueFlags::NIL))
    }

    /// True if it is a closed channel.
    pub fn is_closed(&self) -> Result<bool> {
        self.readable()?;
        Ok(self.info.flags().contains(ValueFlags::CLOSED))
    }

    /// The value in one line, as the command prints it. It is safe to print.
    pub fn to_text(&self) -> Result<String> {
        let pointer = self.handle.pointer();
        // SAFETY: the handle is open.
        unsafe { text_of(|buffer, size, length| gopm_value_text(pointer, buffer, size, length)) }
    }

    /// The value with its parts as JSON, with the members of Delve's api.Variable.
    pub fn to_json(&self) -> Result<String> {
        let pointer = self.handle.pointer();
        // SAFETY: the handle is open.
        unsafe { text_of(|buffer, size, length| gopm_value_json(pointer, 0, buffer, size, length)) }
    }

    /// A bool.
    pub fn as_bool(&self) -> Result<bool> {
        self.want(self.kind() == Kind::BOOL, "is not a bool")?;
        Ok(self.info.integer() != 0)
    }

    /// An integer, also an unsigned one that fits.
    pub fn as_i64(&self) -> Result<i64> {
        if self.is_unsigned() {
            let number = self.as_u64()?;
            return i64::try_from(number).map_err(|_| self.refused("does not fit into i64"));
        }
        self.want(self.is_signed(), "is not an integer")?;
        Ok(self.info.integer())
    }

    /// An integer, also a signed one that fits; or the address in a pointer, channel, map or function.
    pub fn as_u64(&self) -> Result<u64> {
        if self.is_signed() {
            let number = self.as_i64()?;
            return u64::try_from(number).map_err(|_| self.refused("does not fit into u64"));
        }
        let is_address = matches!(
            self.kind(),
            Kind::POINTER | Kind::UNSAFE_POINTER | Kind::CHAN | Kind::MAP | Kind::FUNC
        );
        self.want(is_address || self.is_unsigned(), "is not an integer")?;
        Ok(self.info.uinteger())
    }

    /// A float.
    pub fn as_f64(&self) -> Result<f64> {
        self.want(
            matches!(self.kind(), Kind::FLOAT32 | Kind::FLOAT64),
            "is not a float",
        )?;
        Ok(self.info.real())
    }

    /// All bytes of a string, or of a slice or array of bytes, whatever the text shows.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        self.readable()?;
        match self.kind() {
            Kind::STRING if !self.info.flags().contains(ValueFlags::TRUNCATED) => {
                Ok(self.info.text().as_bytes().to_vec())
            }
            Kind::STRING if self.info.base() == 0 => Err(Error::new(
                Status::LIMIT,
                format!(
                    "{}: a string that is not in memory is cut at {} bytes",
                    self.label(),
                    self.info.text().len()
                ),
            )),
            Kind::STRING => self.memory(),
            Kind::SLICE | Kind::ARRAY if self.info.length() == 0 => Ok(Vec::new()),
            Kind::SLICE | Kind::ARRAY if self.child(0)?.kind() == Kind::UINT8 => {
                if self.info.base() != 0 {
                    return self.memory();
                }
                self.elements()?
                    .map(|byte| Ok(byte?.as_u64()? as u8))
                    .collect()
            }
            _ => Err(self.refused("has no bytes")),
        }
    }

    /// A string, which must be UTF-8.
    pub fn to_str(&self) -> Result<String> {
        self.want(self.kind() == Kind::STRING, "is not a string")?;
        String::from_utf8(self.to_bytes()?).map_err(|_| self.refused("is not UTF-8"))
    }

    fn memory(&self) -> Result<Vec<u8>> {
        let (mut bytes, mut at, mut left) = (Vec::new(), self.info.base(), self.info.length());
        while left > 0 {
            let size = left.min(CHUNK);
            let before = bytes.len();
            if bytes.try_reserve(size as usize).is_err() {
                return Err(Error::of(Status::NO_MEMORY));
            }
            bytes.resize(before + size as usize, 0);
            self.handle.core().read_memory(at, &mut bytes[before..])?;
            at = at.wrapping_add(size);
            left -= size;
        }
        Ok(bytes)
    }

    /// Elements of an array, slice or channel, entries of a map, bytes of a string.
    pub fn length(&self) -> Result<u64> {
        let has_length = self.has_elements() || matches!(self.kind(), Kind::STRING | Kind::MAP);
        self.want(has_length, "has no length")?;
        Ok(self.info.length())
    }

    /// Elements that a slice or channel has room for.
    pub fn capacity(&self) -> Result<u64> {
        self.want(
            matches!(self.kind(), Kind::SLICE | Kind::CHAN),
            "has no capacity",
        )?;
        Ok(self.info.capacity())
    }

    /// Goroutines that wait to send to a channel.
    pub fn senders(&self) -> Result<u64> {
        self.want(self.kind() == Kind::CHAN, "is not a channel")?;
        Ok(self.info.senders())
    }

    /// Goroutines that wait to receive from a channel.
    pub fn receivers(&self) -> Result<u64> {
        self.want(self.kind() == Kind::CHAN, "is not a channel")?;
        Ok(self.info.receivers())
    }

    /// The declared type.
    pub fn declared_type(&self) -> Result<Type> {
        let pointer = self.handle.pointer();
        // SAFETY: the type is released by its own function.
        let handle = unsafe {
            Handle::new(self.handle.core(), gopm_type_free, |out, _| {
                gopm_value_type(pointer, out)
            })
        };
        Ok(Type::new(handle.map_err(|e| {
            e.missing(|| format!("the type of {} is not known", self.label()))
        })?))
    }

    /// A child as gopm_value_child() numbers them.
    pub fn child(&self, index: u64) -> Result<Value> {
        self.readable()?;
        let pointer = self.handle.pointer();
        // SAFETY: the handle is open.
        let child = unsafe {
            Handle::new(self.handle.core(), gopm_value_free, |out, err| {
                gopm_value_child(pointer, index, out, err)
            })
        };
        Value::new(
            child.map_err(|e| e.missing(|| format!("{} has no child {index}", self.label())))?,
        )
    }

    /// An element of an array, slice or channel; of a channel, 0 is the one to receive next.
    pub fn index(&self, index: u64) -> Result<Value> {
        let length = if self.has_elements() {
            self.length()?
        } else {
            0
        };
        self.want(self.has_elements(), "has no elements")?;
        if index >= length {
            return Err(self.refused(&format!("has no element {index}: its length is {length}")));
        }
        self.child(index)
    }

    /// The elements of an array, slice or channel.
    pub fn elements(&self) -> Result<impl Iterator<Item = Result<Value>> + '_> {
        self.want(self.has_elements(), "has no elements")?;
        Ok((0..self.info.length()).map(move |index| self.child(index)))
    }

    /// The keys and values of a map.
    pub fn entries(&self) -> Result<Vec<(Value, Value)>> {
        self.want(self.kind() == Kind::MAP, "is not a map")?;
        let mut found = Vec::new();
        for index in 0..self.info.length() {
            match (self.child(2 * index), self.child(2 * index + 1)) {
                (Ok(key), Ok(value)) => found.push((key, value)),
                (Err(e), _) | (_, Err(e)) if e.status() == Status::NOT_FOUND => {
                    let left = self.info.length() - index;
                    let what = format!("{}: {left} entries cannot be read", self.label());
                    return Err(Error::new(Status::MISSING_MEMORY, what));
                }
                (Err(e), _) | (_, Err(e)) => return Err(e),
            }
        }
        Ok(found)
    }

    /// The target of a pointer, or the dynamic value of an interface.
    pub fn elem(&self) -> Result<Value> {
        self.want(
            matches!(self.kind(), Kind::POINTER | Kind::INTERFACE),
            "has no elem",
        )?;
        if self.is_nil()? {
            return Err(self.refused("is nil"));
        }
        self.child(0)
    }

    /// The value that a container of Go's library holds: atomic.Pointer, atomic.Int64, sync.Map, weak.Pointer.
    pub fn content(&self) -> Result<Value> {
        self.readable()?;
        let pointer = self.handle.pointer();
        // SAFETY: the handle is open.
        let content = unsafe {
            Handle::new(self.handle.core(), gopm_value_free, |out, err| {
                gopm_value_content(pointer, out, err)
            })
        };
        Value::new(
            content.map_err(|e| e.missing(|| format!("{} is not a container", self.label())))?,
        )
    }

    /// The fields of a struct, also through pointers and interfaces.
    pub fn fields(&self) -> Result<Vec<Value>> {
        match self.structure()? {
            Some(target) => target.own_fields(),
            None => self.own_fields(),
        }
    }

    /// All of them: limits of options bound the count of children, not what can be read.
    fn own_fields(&self) -> Result<Vec<Value>> {
        let mut fields = Vec::new();
        loop {
            match self.child(fields.len() as u64) {
                Ok(field) => fields.push(field),
                Err(problem) if problem.status() == Status::NOT_FOUND => return Ok(fields),
                Err(problem) => return Err(problem),
            }
        }
    }

    /// The struct that a pointer or interface leads to; `None`: this value itself.
    fn structure(&self) -> Result<Option<Value>> {
        let mut found: Option<Value> = None;
        for _ in 0..MOST_STEPS {
            let value = found.as_ref().unwrap_or(self);
            value.readable()?;
            match value.kind() {
                Kind::STRUCT => return Ok(found),
                Kind::POINTER | Kind::INTERFACE => found = Some(value.elem()?),
                _ => break,
            }
        }
        Err(self.refused("has no fields"))
    }

    /// A field of a struct, also through pointers, interfaces and embedded fields, as Go selects it.
    pub fn field(&self, name: &str) -> Result<Value> {
        let mut level = self.fields()?;
        for _ in 0..MOST_STEPS {
            if let Some(at) = level.iter().position(|field| field.name() == name) {
                return Ok(level.swap_remove(at));
            }
            let mut below = Vec::new();
            for field in level.iter().filter(|field| field.is_embedded()) {
                // One that is nil or unreadable has no fields.
                below.extend(field.fields().unwrap_or_default());
            }
            if below.is_empty() {
                break;
            }
            level = below;
        }
        Err(Error::new(
            Status::NOT_FOUND,
            format!("{} has no field {name}", self.label()),
        ))
    }

    /// True if the field has the name of its type, as embedded ones have.
    fn is_embedded(&self) -> bool {
        let type_name = self.type_name().to_string_lossy();
        let generic = type_name.split('[').next().unwrap_or_default();
        let last = generic
            .trim_start_matches('*')
            .rsplit('.')
            .next()
            .unwrap_or_default();
        !last.is_empty() && self.name() == last
    }

    fn is_signed(&self) -> bool {
        (Kind::INT..=Kind::INT64).contains(&self.kind())
    }

    fn is_unsigned(&self) -> bool {
        (Kind::UINT..=Kind::UINTPTR).contains(&self.kind())
    }

    fn has_elements(&self) -> bool {
        matches!(self.kind(), Kind::ARRAY | Kind::SLICE | Kind::CHAN)
    }

    fn label(&self) -> String {
        match self.name().is_empty() {
            true => self.type_name().to_string(),
            false => format!("{} (type {})", self.name(), self.type_name()),
        }
    }

    fn refused(&self, why: &str) -> Error {
        Error::new(Status::ARGUMENT, format!("{} {why}", self.label()))
    }

    fn readable(&self) -> Result<()> {
        match self.unreadable() {
            Some(reason) => Err(Error::new(
                Status::MISSING_MEMORY,
                format!("{}: {reason}", self.label()),
            )),
            None => Ok(()),
        }
    }

    fn want(&self, is: bool, or: &str) -> Result<()> {
        self.readable()?;
        match is {
            true => Ok(()),
            false => Err(self.refused(or)),
        }
    }
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if !self.name().is_empty() {
            write!(f, "{} = ", self.name())?;
        }
        match self.to_text() {
            Ok(text) => f.write_str(&text),
            Err(problem) => write!(f, "({problem})"),
        }
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Value({self})")
    }
}
