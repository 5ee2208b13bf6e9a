//! Machine instructions for operations on values of any width.
//!
//! A value is a list of 64-bit words, least significant first; the bits of the last word above the width are zero. Every
//! function here keeps that so.

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::I64;
use cranelift_codegen::ir::{InstBuilder, Value};
use cranelift_frontend::FunctionBuilder;

/// Emits operations on lists of words.
pub(super) struct Words<'a, 'b> {
    pub builder: &'a mut FunctionBuilder<'b>,
}

/// Mask of the last word of a value, `None` if all its bits count.
fn top_mask(width: u32) -> Option<u64> {
    match width % 64 {
        0 => None,
        bits => Some((1u64 << bits) - 1),
    }
}

impl Words<'_, '_> {
    /// A constant word.
    pub fn word(&mut self, value: u64) -> Value {
        self.builder.ins().iconst(I64, value as i64)
    }

    fn mask(&mut self, mut words: Vec<Value>, width: u32) -> Vec<Value> {
        if let (Some(mask), Some(last)) = (top_mask(width), words.last_mut()) {
            let mask = self.builder.ins().iconst(I64, mask as i64);
            *last = self.builder.ins().band(*last, mask);
        }
        words
    }

    fn flag(&mut self, flag: Value) -> Value {
        self.builder.ins().uextend(I64, flag)
    }

    /// Complement.
    pub fn not(&mut self, a: &[Value], width: u32) -> Vec<Value> {
        let last = a.len() - 1;
        a.iter()
            .enumerate()
            .map(|(index, word)| {
                let ones = if index == last { top_mask(width).unwrap_or(u64::MAX) } else { u64::MAX };
                let ones = self.word(ones);
                self.builder.ins().bxor(*word, ones)
            })
            .collect()
    }

    /// Bitwise and.
    pub fn and(&mut self, a: &[Value], b: &[Value]) -> Vec<Value> {
        a.iter().zip(b).map(|(a, b)| self.builder.ins().band(*a, *b)).collect()
    }

    /// Bitwise or.
    pub fn or(&mut self, a: &[Value], b: &[Value]) -> Vec<Value> {
        a.iter().zip(b).map(|(a, b)| self.builder.ins().bor(*a, *b)).collect()
    }

    /// Bitwise exclusive or.
    pub fn xor(&mut self, a: &[Value], b: &[Value]) -> Vec<Value> {
        a.iter().zip(b).map(|(a, b)| self.builder.ins().bxor(*a, *b)).collect()
    }

    /// Sum.
    pub fn add(&mut self, a: &[Value], b: &[Value], width: u32) -> Vec<Value> {
        let mut carry: Option<Value> = None;
        let mut sum = Vec::with_capacity(a.len());
        for (index, (a, b)) in a.iter().zip(b).enumerate() {
            let partial = self.builder.ins().iadd(*a, *b);
            let total = match carry {
                Some(carry) => self.builder.ins().iadd(partial, carry),
                None => partial,
            };
            if index + 1 < sum.capacity() {
                let over = self.builder.ins().icmp(IntCC::UnsignedLessThan, partial, *a);
                let mut over = self.flag(over);
                if carry.is_some() {
                    let again = self.builder.ins().icmp(IntCC::UnsignedLessThan, total, partial);
                    let again = self.flag(again);
                    over = self.builder.ins().bor(over, again);
                }
                carry = Some(over);
            }
            sum.push(total);
        }
        self.mask(sum, width)
    }

    /// Difference.
    pub fn subtract(&mut self, a: &[Value], b: &[Value], width: u32) -> Vec<Value> {
        let mut borrow: Option<Value> = None;
        let mut difference = Vec::with_capacity(a.len());
        for (index, (a, b)) in a.iter().zip(b).enumerate() {
            let partial = self.builder.ins().isub(*a, *b);
            let total = match borrow {
                Some(borrow) => self.builder.ins().isub(partial, borrow),
                None => partial,
            };
            if index + 1 < difference.capacity() {
                let under = self.builder.ins().icmp(IntCC::UnsignedLessThan, *a, *b);
                let mut under = self.flag(under);
                if let Some(borrow) = borrow {
                    let again = self.builder.ins().icmp(IntCC::UnsignedLessThan, partial, borrow);
                    let again = self.flag(again);
                    under = self.builder.ins().bor(under, again);
                }
                borrow = Some(under);
            }
            difference.push(total);
        }
        self.mask(difference, width)
    }

    /// Two's complement negation.
    pub fn negate(&mut self, a: &[Value], width: u32) -> Vec<Value> {
        let zeros: Vec<Value> = a.iter().map(|_| self.word(0)).collect();
        self.subtract(&zeros, a, width)
    }

    /// Product.
    pub fn multiply(&mut self, a: &[Value], b: &[Value], width: u32) -> Vec<Value> {
        let count = a.len();
        let mut product: Vec<Value> = (0..count).map(|_| self.word(0)).collect();
        for (low, x) in a.iter().enumerate() {
            for (up, y) in b.iter().enumerate().take(count - low) {
                let place = low + up;
                let bottom = self.builder.ins().imul(*x, *y);
                let mut addend: Vec<Value> = vec![bottom];
                if place + 1 < count {
                    addend.push(self.builder.ins().umulhi(*x, *y));
                }
                while addend.len() < count - place {
                    addend.push(self.word(0));
                }
                let tail = product[place..].to_vec();
                let total = self.add(&tail, &addend, 64 * (count - place) as u32);
                product.splice(place.., total);
            }
        }
        self.mask(product, width)
    }

    /// Low word of a shift amount, and whether the amount reaches `width`.
    fn amount(&mut self, amount: &[Value], width: u32) -> (Value, Value) {
        let limit = self.word(u64::from(width));
        let mut over = self.builder.ins().icmp(IntCC::UnsignedGreaterThanOrEqual, amount[0], limit);
        for word in &amount[1..] {
            let zero = self.word(0);
            let more = self.builder.ins().icmp(IntCC::NotEqual, *word, zero);
            over = self.builder.ins().bor(over, more);
        }
        (amount[0], over)
    }

    /// Left shift, zero if the amount reaches the width.
    pub fn shift_left(&mut self, a: &[Value], amount: &[Value], width: u32) -> Vec<Value> {
        let reversed: Vec<Value> = a.iter().rev().copied().collect();
        let mut shifted = self.shift(&reversed, amount, width, true);
        shifted.reverse();
        self.mask(shifted, width)
    }

    /// Right shift, zero if the amount reaches the width.
    pub fn shift_right(&mut self, a: &[Value], amount: &[Value], width: u32) -> Vec<Value> {
        self.shift(a, amount, width, false)
    }

    /// Shifts towards the first word; `left` if the words are given most significant first.
    fn shift(&mut self, a: &[Value], amount: &[Value], width: u32, left: bool) -> Vec<Value> {
        let (low, over) = self.amount(amount, width);
        let zero = self.word(0);
        let mut words = a.to_vec();
        // Whole words, one power of two at a time.
        let mut step = 1;
        while step < words.len() {
            let bit = self.word(64 * step as u64);
            let taken = self.builder.ins().band(low, bit);
            words = (0..words.len())
                .map(|index| {
                    let from = words.get(index + step).copied().unwrap_or(zero);
                    self.builder.ins().select(taken, from, words[index])
                })
                .collect();
            step *= 2;
        }
        let shifted = (0..words.len())
            .map(|index| {
                let here = if left {
                    self.builder.ins().ishl(words[index], low)
                } else {
                    self.builder.ins().ushr(words[index], low)
                };
                let Some(next) = words.get(index + 1).copied() else { return here };
                // The neighbour moves by 64 minus the amount, in two steps so that an amount of 0 moves it out.
                let ones = self.word(63);
                let rest = self.builder.ins().bxor(low, ones);
                let one = self.word(1);
                let carried = if left {
                    let half = self.builder.ins().ushr(next, one);
                    self.builder.ins().ushr(half, rest)
                } else {
                    let half = self.builder.ins().ishl(next, one);
                    self.builder.ins().ishl(half, rest)
                };
                self.builder.ins().bor(here, carried)
            })
            .collect::<Vec<Value>>();
        shifted.into_iter().map(|word| self.builder.ins().select(over, zero, word)).collect()
    }

    /// One bit: equal.
    pub fn equal(&mut self, a: &[Value], b: &[Value]) -> Value {
        if let ([a], [b]) = (a, b) {
            let flag = self.builder.ins().icmp(IntCC::Equal, *a, *b);
            return self.flag(flag);
        }
        let differences = self.xor(a, b);
        let any = self.fold_or(&differences);
        let zero = self.word(0);
        let flag = self.builder.ins().icmp(IntCC::Equal, any, zero);
        self.flag(flag)
    }

    fn fold_or(&mut self, words: &[Value]) -> Value {
        let mut any = words[0];
        for word in &words[1..] {
            any = self.builder.ins().bor(any, *word);
        }
        any
    }

    /// One bit: unsigned less than.
    pub fn less_than(&mut self, a: &[Value], b: &[Value]) -> Value {
        let mut less: Option<Value> = None;
        for (a, b) in a.iter().zip(b) {
            let here = self.builder.ins().icmp(IntCC::UnsignedLessThan, *a, *b);
            less = Some(match less {
                Some(below) => {
                    let equal = self.builder.ins().icmp(IntCC::Equal, *a, *b);
                    let through = self.builder.ins().band(equal, below);
                    self.builder.ins().bor(here, through)
                }
                None => here,
            });
        }
        match less {
            Some(flag) => self.flag(flag),
            None => self.word(0),
        }
    }

    /// One bit: two's complement less than.
    pub fn signed_less_than(&mut self, a: &[Value], b: &[Value], width: u32) -> Value {
        // Flipping the sign bits turns the signed order into the unsigned one.
        let flip = |this: &mut Self, words: &[Value]| {
            let mut words = words.to_vec();
            let sign = this.word(1u64 << ((width - 1) % 64));
            if let Some(last) = words.last_mut() {
                *last = this.builder.ins().bxor(*last, sign);
            }
            words
        };
        let (a, b) = (flip(self, a), flip(self, b));
        self.less_than(&a, &b)
    }

    /// One bit: all ones.
    pub fn reduce_and(&mut self, a: &[Value], width: u32) -> Value {
        let inverse = self.not(a, width);
        let any = self.fold_or(&inverse);
        let zero = self.word(0);
        let flag = self.builder.ins().icmp(IntCC::Equal, any, zero);
        self.flag(flag)
    }

    /// One bit: not zero.
    pub fn reduce_or(&mut self, a: &[Value]) -> Value {
        let any = self.fold_or(a);
        let zero = self.word(0);
        let flag = self.builder.ins().icmp(IntCC::NotEqual, any, zero);
        self.flag(flag)
    }

    /// One bit: parity.
    pub fn reduce_xor(&mut self, a: &[Value]) -> Value {
        let mut all = a[0];
        for word in &a[1..] {
            all = self.builder.ins().bxor(all, *word);
        }
        let ones = self.builder.ins().popcnt(all);
        let one = self.word(1);
        self.builder.ins().band(ones, one)
    }

    /// One of two values.
    pub fn select(&mut self, condition: Value, then: &[Value], otherwise: &[Value]) -> Vec<Value> {
        then.iter().zip(otherwise).map(|(a, b)| self.builder.ins().select(condition, *a, *b)).collect()
    }

    /// Bits `low .. low + width`.
    pub fn slice(&mut self, a: &[Value], low: u32, width: u32) -> Vec<Value> {
        let (skip, shift) = ((low / 64) as usize, low % 64);
        let words = (0..width.div_ceil(64) as usize)
            .map(|index| {
                let here = a[skip + index];
                if shift == 0 {
                    return here;
                }
                let amount = self.word(u64::from(shift));
                let here = self.builder.ins().ushr(here, amount);
                let needed = width - 64 * index as u32;
                match a.get(skip + index + 1) {
                    Some(next) if needed > 64 - shift => {
                        let amount = self.word(u64::from(64 - shift));
                        let carried = self.builder.ins().ishl(*next, amount);
                        self.builder.ins().bor(here, carried)
                    }
                    _ => here,
                }
            })
            .collect();
        self.mask(words, width)
    }

    /// `high` above `low`, which is `low_width` bits wide; `width` bits in all.
    pub fn concat(&mut self, high: &[Value], low: &[Value], low_width: u32, width: u32) -> Vec<Value> {
        let (skip, shift) = ((low_width / 64) as usize, low_width % 64);
        (0..width.div_ceil(64) as usize)
            .map(|index| {
                let mut parts = Vec::new();
                if let Some(word) = low.get(index) {
                    parts.push(*word);
                }
                if index >= skip {
                    if let Some(word) = high.get(index - skip) {
                        let amount = self.word(u64::from(shift));
                        parts.push(if shift == 0 { *word } else { self.builder.ins().ishl(*word, amount) });
                    }
                    if shift > 0 && index > skip {
                        let amount = self.word(u64::from(64 - shift));
                        parts.push(self.builder.ins().ushr(high[index - skip - 1], amount));
                    }
                }
                self.fold_or(&parts)
            })
            .collect()
    }

    /// Extended with zeros.
    pub fn zero_extend(&mut self, a: &[Value], width: u32) -> Vec<Value> {
        let mut words = a.to_vec();
        while words.len() < width.div_ceil(64) as usize {
            words.push(self.word(0));
        }
        words
    }

    /// Extended with the top bit of the operand, which is `narrow` bits wide.
    pub fn sign_extend(&mut self, a: &[Value], narrow: u32, width: u32) -> Vec<Value> {
        if narrow == 1 {
            let word = self.builder.ins().ineg(a[0]);
            return self.mask(vec![word; width.div_ceil(64) as usize], width);
        }
        let mut words = a.to_vec();
        if let (Some(last), true) = (words.last_mut(), !narrow.is_multiple_of(64)) {
            let amount = self.word(u64::from(64 - narrow % 64));
            let raised = self.builder.ins().ishl(*last, amount);
            *last = self.builder.ins().sshr(raised, amount);
        }
        let amount = self.word(63);
        let sign = self.builder.ins().sshr(words[words.len() - 1], amount);
        while words.len() < width.div_ceil(64) as usize {
            words.push(sign);
        }
        self.mask(words, width)
    }
}
