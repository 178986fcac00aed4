// SPDX-License-Identifier: Apache-2.0
//! The macros of the generated files: families of constants, flags, and records.

/// A family of constants as a type. Values without a name are those of later versions.
macro_rules! kind {
    ($(#[$about:meta])* $name:ident: $width:ident { $($(#[$doc:meta])* $short:ident = $raw:ident, $text:literal;)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub $width);

        impl $name {
            $($(#[$doc])* pub const $short: $name = $name($raw);)*

            /// Its name in lower case; `None`: this version does not know the value.
            pub fn name(self) -> Option<&'static str> {
                match self.0 {
                    $($raw => Some($text),)*
                    _ => None,
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self.name() {
                    Some(name) => f.pad(name),
                    None => std::fmt::Display::fmt(&self.0, f),
                }
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({})", stringify!($name), self)
            }
        }

        impl crate::record::FromRaw<$width> for $name {
            unsafe fn from_raw(raw: $width) -> Self {
                $name(raw)
            }
        }

        /// The name, or the number of a value that has none.
        #[cfg(feature = "serde")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self.name() {
                    Some(name) => serializer.serialize_str(name),
                    None => serde::Serialize::serialize(&self.0, serializer),
                }
            }
        }
    };
}

/// A set of bits as a type.
macro_rules! flags {
    ($(#[$about:meta])* $name:ident: u32 { $($(#[$doc:meta])* $short:ident = $raw:ident, $text:literal;)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
        pub struct $name(pub u32);

        impl $name {
            $($(#[$doc])* pub const $short: $name = $name($raw);)*

            /// True if all bits of `other` are set.
            pub fn contains(self, other: $name) -> bool {
                self.0 & other.0 == other.0
            }

            /// The names of the bits that are set, in lower case.
            pub fn names(self) -> impl Iterator<Item = &'static str> {
                [$(($raw, $text)),*]
                    .into_iter()
                    .filter(move |(bit, _)| bit.is_power_of_two() && self.0 & bit != 0)
                    .map(|(_, text)| text)
            }
        }

        impl std::ops::BitOr for $name {
            type Output = $name;

            fn bitor(self, other: $name) -> $name {
                $name(self.0 | other.0)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({})", stringify!($name), self.names().collect::<Vec<_>>().join(" | "))
            }
        }

        impl crate::record::FromRaw<u32> for $name {
            unsafe fn from_raw(raw: u32) -> Self {
                $name(raw)
            }
        }

        /// A list of names.
        #[cfg(feature = "serde")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_seq(self.names())
            }
        }
    };
}

/// A record of the library with a method for each member. Records with strings borrow from what keeps these.
macro_rules! record {
    ($(#[$about:meta])* $name:ident $(<$life:lifetime>)?: $raw:ident {
        $($(#[$doc:meta])* $method:ident $key:literal $member:ident: $kind:ty;)*
    }) => {
        $(#[$about])*
        #[derive(Clone, Copy)]
        #[repr(transparent)]
        pub struct $name $(<$life>)? {
            raw: gopm_sys::$raw,
            life: std::marker::PhantomData<($(&$life (),)?)>,
        }

        impl $(<$life>)? $name $(<$life>)? {
            $(
                $(#[$doc])*
                #[inline]
                pub fn $method(&self) -> $kind {
                    // SAFETY: the library filled the record, and its strings live as long as the record.
                    unsafe { crate::record::FromRaw::from_raw(self.raw.$member) }
                }
            )*

            /// The record as the library filled it.
            pub fn raw(&self) -> &gopm_sys::$raw {
                &self.raw
            }
        }

        // SAFETY: a record is plain data, and nothing changes the strings that it borrows.
        unsafe impl $(<$life>)? Send for $name $(<$life>)? {}
        // SAFETY: likewise.
        unsafe impl $(<$life>)? Sync for $name $(<$life>)? {}

        // SAFETY: the struct is transparent.
        unsafe impl $(<$life>)? crate::record::Record for $name $(<$life>)? {
            type Raw = gopm_sys::$raw;
        }

        impl $(<$life>)? crate::record::FromRaw<gopm_sys::$raw> for $name $(<$life>)? {
            unsafe fn from_raw(raw: gopm_sys::$raw) -> Self {
                $name { raw, life: std::marker::PhantomData }
            }
        }

        impl $(<$life>)? PartialEq for $name $(<$life>)? {
            fn eq(&self, other: &Self) -> bool {
                $(self.$method() == other.$method())&&*
            }
        }

        impl $(<$life>)? std::fmt::Debug for $name $(<$life>)? {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name))$(.field($key, &self.$method()))*.finish()
            }
        }

        /// An object with the names of the headers.
        #[cfg(feature = "serde")]
        impl $(<$life>)? serde::Serialize for $name $(<$life>)? {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeStruct;

                let mut output = serializer.serialize_struct(stringify!($name), [$($key),*].len())?;
                $(output.serialize_field($key, &self.$method())?;)*
                output.end()
            }
        }
    };
}
