//! Typed ports: rust-hdl value types as words.

use rust_hdl::core::prelude::{Bits, Clock, Signed, signed_cast};
use std::marker::PhantomData;

/// A rust-hdl value type that ports carry.
///
/// Implemented for `Bits<N>`, `Signed<N>`, `bool` and `Clock`; [`port_enum!`](crate::port_enum) implements it for an
/// enumeration.
pub trait PortValue: Copy {
    /// Width in bits.
    const WIDTH: u32;
    /// Writes the value as 64-bit words, least significant first; `words` holds `ceil(WIDTH / 64)` of them.
    fn to_words(self, words: &mut [u64]);
    /// Reads the value; bits above the width are zero.
    fn from_words(words: &[u64]) -> Self;
}

/// A handle to a signal of one simulator, made by [`Simulator::port`](crate::engine::Simulator::port).
#[derive(Debug)]
pub struct Port<T> {
    pub(super) simulator: u64,
    pub(super) index: u32,
    pub(super) value: PhantomData<fn() -> T>,
}

impl<T> Clone for Port<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Port<T> {}

/// Handle to a signal whose type is not known at compile time, read and written as words.
pub type RawPort = Port<()>;

impl<const N: usize> PortValue for Bits<N> {
    const WIDTH: u32 = N as u32;

    #[inline]
    fn to_words(self, words: &mut [u64]) {
        match self {
            Bits::Short(bits) => words[0] = u64::from(bits.short()),
            Bits::Long(bits) => {
                words.fill(0);
                for index in 0..N {
                    words[index / 64] |= u64::from(bits.get_bit(index)) << (index % 64);
                }
            }
        }
    }

    #[inline]
    fn from_words(words: &[u64]) -> Self {
        if N <= 32 {
            return words[0].into();
        }
        let mut bits = [false; N];
        for (index, bit) in bits.iter_mut().enumerate() {
            *bit = words[index / 64] >> (index % 64) & 1 == 1;
        }
        Bits::Long(bits.into())
    }
}

impl<const N: usize> PortValue for Signed<N> {
    const WIDTH: u32 = N as u32;

    #[inline]
    fn to_words(self, words: &mut [u64]) {
        self.inner().to_words(words);
    }

    #[inline]
    fn from_words(words: &[u64]) -> Self {
        signed_cast(Bits::from_words(words))
    }
}

impl PortValue for bool {
    const WIDTH: u32 = 1;

    #[inline]
    fn to_words(self, words: &mut [u64]) {
        words[0] = u64::from(self);
    }

    #[inline]
    fn from_words(words: &[u64]) -> Self {
        words[0] & 1 == 1
    }
}

impl PortValue for Clock {
    const WIDTH: u32 = 1;

    #[inline]
    fn to_words(self, words: &mut [u64]) {
        words[0] = u64::from(self.clk);
    }

    #[inline]
    fn from_words(words: &[u64]) -> Self {
        Clock { clk: words[0] & 1 == 1 }
    }
}

/// Implements [`PortValue`](crate::engine::PortValue) for an enumeration that derives rust-hdl's `LogicState`.
///
/// `port_enum!(State { Idle, Run, Done });` names all variants; a code that no variant has reads as the default variant.
#[macro_export]
macro_rules! port_enum {
    ($name:ty { $($variant:ident),+ $(,)? }) => {
        impl $crate::engine::PortValue for $name {
            const WIDTH: u32 = <$name as $crate::engine::Synth>::BITS as u32;

            fn to_words(self, words: &mut [u64]) {
                words[0] = self as u64;
            }

            fn from_words(words: &[u64]) -> Self {
                $(if words[0] == <$name>::$variant as u64 {
                    return <$name>::$variant;
                })+
                <$name as Default>::default()
            }
        }
    };
}
