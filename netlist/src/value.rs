//! Hash-consed, simplifying arena of width-typed values.
//!
//! An operand's id is always below its user's id: ids are a topological order.

use crate::constant::Constant;
use crate::design::NetId;
use num_bigint::BigUint;
use std::collections::HashMap;

/// Index of a value in its [`ValueArena`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ValueId(pub u32);

/// How a value is computed. Operands of two-operand arithmetic, bitwise operations and comparisons have equal width.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// A constant.
    Constant(Constant),
    /// The value of a net.
    Net(NetId),
    /// Bitwise complement.
    Not(ValueId),
    /// Two's complement negation.
    Negate(ValueId),
    /// Bitwise and.
    And(ValueId, ValueId),
    /// Bitwise or.
    Or(ValueId, ValueId),
    /// Bitwise exclusive or.
    Xor(ValueId, ValueId),
    /// Sum modulo `2^width`.
    Add(ValueId, ValueId),
    /// Difference modulo `2^width`.
    Subtract(ValueId, ValueId),
    /// Product modulo `2^width`; operands and result have equal width.
    Multiply(ValueId, ValueId),
    /// Left shift by an amount of any width; zero if the amount is at least the width.
    ShiftLeft(ValueId, ValueId),
    /// Logical right shift by an amount of any width; zero if the amount is at least the width.
    ShiftRight(ValueId, ValueId),
    /// One bit: equal.
    Equal(ValueId, ValueId),
    /// One bit: unsigned less than.
    LessThan(ValueId, ValueId),
    /// One bit: two's complement less than.
    SignedLessThan(ValueId, ValueId),
    /// One bit: every bit is one.
    ReduceAnd(ValueId),
    /// One bit: some bit is one.
    ReduceOr(ValueId),
    /// One bit: the parity.
    ReduceXor(ValueId),
    /// `condition ? then : otherwise`.
    Mux {
        /// One bit.
        condition: ValueId,
        /// Value if 1.
        then: ValueId,
        /// Value if 0.
        otherwise: ValueId,
    },
    /// Bits `low ..` of a value; the width is the node's. Never reaches past the operand's end.
    Slice {
        /// The operand.
        value: ValueId,
        /// Lowest bit.
        low: u32,
    },
    /// `high` above `low`; the width is the sum of theirs.
    Concat {
        /// Upper bits.
        high: ValueId,
        /// Lower bits.
        low: ValueId,
    },
    /// Extended with zeros to the node's width.
    ZeroExtend(ValueId),
    /// Extended with the top bit to the node's width.
    SignExtend(ValueId),
}

/// The values of one circuit.
#[derive(Clone, Debug, Default)]
pub struct ValueArena {
    nodes: Vec<(Operation, u32)>,
    index: HashMap<(Operation, u32), ValueId>,
}

impl ValueArena {
    /// Number of values.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// How a value is computed.
    pub fn operation(&self, id: ValueId) -> &Operation {
        &self.nodes[id.0 as usize].0
    }

    /// Width of a value in bits.
    pub fn width(&self, id: ValueId) -> u32 {
        self.nodes[id.0 as usize].1
    }

    /// The constant, if the value is one.
    pub fn as_constant(&self, id: ValueId) -> Option<&Constant> {
        match self.operation(id) {
            Operation::Constant(constant) => Some(constant),
            _ => None,
        }
    }

    /// Every value with its id, in topological order.
    pub fn iter(&self) -> impl Iterator<Item = (ValueId, &Operation, u32)> {
        self.nodes.iter().enumerate().map(|(index, (operation, width))| (ValueId(index as u32), operation, *width))
    }

    /// The operands of a value, in order.
    pub fn operands(&self, id: ValueId) -> Vec<ValueId> {
        use Operation::*;
        match self.operation(id) {
            Constant(_) | Net(_) => vec![],
            Not(a) | Negate(a) | ReduceAnd(a) | ReduceOr(a) | ReduceXor(a) | ZeroExtend(a) | SignExtend(a) => vec![*a],
            Slice { value, .. } => vec![*value],
            And(a, b)
            | Or(a, b)
            | Xor(a, b)
            | Add(a, b)
            | Subtract(a, b)
            | Multiply(a, b)
            | ShiftLeft(a, b)
            | ShiftRight(a, b)
            | Equal(a, b)
            | LessThan(a, b)
            | SignedLessThan(a, b) => vec![*a, *b],
            Concat { high, low } => vec![*high, *low],
            Mux { condition, then, otherwise } => vec![*condition, *then, *otherwise],
        }
    }

    fn insert(&mut self, operation: Operation, width: u32) -> ValueId {
        debug_assert!(width > 0, "a value of width 0");
        if let Some(id) = self.index.get(&(operation.clone(), width)) {
            return *id;
        }
        let id = ValueId(self.nodes.len() as u32);
        self.nodes.push((operation.clone(), width));
        self.index.insert((operation, width), id);
        id
    }

    /// A constant.
    pub fn constant(&mut self, constant: Constant) -> ValueId {
        let width = constant.width();
        self.insert(Operation::Constant(constant), width)
    }

    /// The value of a net of this width.
    pub fn net(&mut self, net: NetId, width: u32) -> ValueId {
        self.insert(Operation::Net(net), width)
    }

    fn unary_constant(&self, a: ValueId) -> Option<BigUint> {
        self.as_constant(a).map(|constant| constant.value().clone())
    }

    fn both_constants(&self, a: ValueId, b: ValueId) -> Option<(BigUint, BigUint)> {
        Some((self.unary_constant(a)?, self.unary_constant(b)?))
    }

    fn is_zero(&self, a: ValueId) -> bool {
        self.as_constant(a).is_some_and(Constant::is_zero)
    }

    fn is_ones(&self, a: ValueId) -> bool {
        self.as_constant(a).is_some_and(Constant::is_ones)
    }

    fn same_width(&self, a: ValueId, b: ValueId) -> u32 {
        let width = self.width(a);
        assert_eq!(width, self.width(b), "operands of different widths");
        width
    }

    /// Commutative operands in a fixed order, constants last.
    fn ordered(&self, a: ValueId, b: ValueId) -> (ValueId, ValueId) {
        let constant_first = self.as_constant(a).is_some() && self.as_constant(b).is_none();
        if constant_first { (b, a) } else { (a, b) }
    }

    /// Bitwise complement.
    pub fn not(&mut self, a: ValueId) -> ValueId {
        let width = self.width(a);
        if let Some(value) = self.unary_constant(a) {
            let ones = Constant::ones(width).value().clone();
            return self.constant(Constant::new(width, ones ^ value));
        }
        if let Operation::Not(inner) = self.operation(a) {
            return *inner;
        }
        self.insert(Operation::Not(a), width)
    }

    /// Two's complement negation.
    pub fn negate(&mut self, a: ValueId) -> ValueId {
        let width = self.width(a);
        if self.as_constant(a).is_some() {
            let zero = self.constant(Constant::zero(width));
            return self.subtract(zero, a);
        }
        self.insert(Operation::Negate(a), width)
    }

    /// Bitwise and.
    pub fn and(&mut self, a: ValueId, b: ValueId) -> ValueId {
        let width = self.same_width(a, b);
        let (a, b) = self.ordered(a, b);
        if let Some((x, y)) = self.both_constants(a, b) {
            return self.constant(Constant::new(width, x & y));
        }
        if self.is_zero(b) || a == b {
            return b;
        }
        if self.is_ones(b) {
            return a;
        }
        self.insert(Operation::And(a, b), width)
    }

    /// Bitwise or.
    pub fn or(&mut self, a: ValueId, b: ValueId) -> ValueId {
        let width = self.same_width(a, b);
        let (a, b) = self.ordered(a, b);
        if let Some((x, y)) = self.both_constants(a, b) {
            return self.constant(Constant::new(width, x | y));
        }
        if self.is_ones(b) || a == b {
            return b;
        }
        if self.is_zero(b) {
            return a;
        }
        self.insert(Operation::Or(a, b), width)
    }

    /// Bitwise exclusive or.
    pub fn xor(&mut self, a: ValueId, b: ValueId) -> ValueId {
        let width = self.same_width(a, b);
        let (a, b) = self.ordered(a, b);
        if let Some((x, y)) = self.both_constants(a, b) {
            return self.constant(Constant::new(width, x ^ y));
        }
        if a == b {
            return self.constant(Constant::zero(width));
        }
        if self.is_zero(b) {
            return a;
        }
        if self.is_ones(b) {
            return self.not(a);
        }
        self.insert(Operation::Xor(a, b), width)
    }

    /// Sum modulo `2^width`.
    pub fn add(&mut self, a: ValueId, b: ValueId) -> ValueId {
        let width = self.same_width(a, b);
        let (a, b) = self.ordered(a, b);
        if let Some((x, y)) = self.both_constants(a, b) {
            return self.constant(Constant::new(width, x + y));
        }
        if self.is_zero(b) {
            return a;
        }
        self.insert(Operation::Add(a, b), width)
    }

    /// Difference modulo `2^width`.
    pub fn subtract(&mut self, a: ValueId, b: ValueId) -> ValueId {
        let width = self.same_width(a, b);
        if let Some((x, y)) = self.both_constants(a, b) {
            let modulus = BigUint::from(1u32) << width;
            return self.constant(Constant::new(width, x + modulus - y));
        }
        if self.is_zero(b) {
            return a;
        }
        if a == b {
            return self.constant(Constant::zero(width));
        }
        self.insert(Operation::Subtract(a, b), width)
    }

    /// Product modulo `2^width`.
    pub fn multiply(&mut self, a: ValueId, b: ValueId) -> ValueId {
        let width = self.same_width(a, b);
        let (a, b) = self.ordered(a, b);
        if let Some((x, y)) = self.both_constants(a, b) {
            return self.constant(Constant::new(width, x * y));
        }
        if self.is_zero(b) {
            return b;
        }
        self.insert(Operation::Multiply(a, b), width)
    }

    /// Left shift; zero once the amount reaches the width. A constant amount becomes slices.
    pub fn shift_left(&mut self, a: ValueId, amount: ValueId) -> ValueId {
        let width = self.width(a);
        if let Some(amount) = self.as_constant(amount) {
            let Some(shift) = amount.to_u64().filter(|shift| *shift < u64::from(width)) else {
                return self.constant(Constant::zero(width));
            };
            if shift == 0 {
                return a;
            }
            let kept = self.slice(a, 0, width - shift as u32);
            let zeros = self.constant(Constant::zero(shift as u32));
            return self.concat(kept, zeros);
        }
        if self.is_zero(a) {
            return a;
        }
        self.insert(Operation::ShiftLeft(a, amount), width)
    }

    /// Logical right shift; zero once the amount reaches the width. A constant amount becomes a slice.
    pub fn shift_right(&mut self, a: ValueId, amount: ValueId) -> ValueId {
        let width = self.width(a);
        if let Some(amount) = self.as_constant(amount) {
            let Some(shift) = amount.to_u64().filter(|shift| *shift < u64::from(width)) else {
                return self.constant(Constant::zero(width));
            };
            let kept = self.slice(a, shift as u32, width - shift as u32);
            return self.zero_extend(kept, width);
        }
        if self.is_zero(a) {
            return a;
        }
        self.insert(Operation::ShiftRight(a, amount), width)
    }

    /// Equality, one bit.
    pub fn equal(&mut self, a: ValueId, b: ValueId) -> ValueId {
        self.same_width(a, b);
        let (a, b) = self.ordered(a, b);
        if let Some((x, y)) = self.both_constants(a, b) {
            return self.constant(Constant::bit(x == y));
        }
        if a == b {
            return self.constant(Constant::bit(true));
        }
        if self.width(a) == 1 {
            if self.is_ones(b) {
                return a;
            }
            if self.is_zero(b) {
                return self.not(a);
            }
        }
        self.insert(Operation::Equal(a, b), 1)
    }

    /// Unsigned less than, one bit.
    pub fn less_than(&mut self, a: ValueId, b: ValueId) -> ValueId {
        self.same_width(a, b);
        if let Some((x, y)) = self.both_constants(a, b) {
            return self.constant(Constant::bit(x < y));
        }
        if a == b || self.is_zero(b) {
            return self.constant(Constant::bit(false));
        }
        self.insert(Operation::LessThan(a, b), 1)
    }

    /// Two's complement less than, one bit.
    pub fn signed_less_than(&mut self, a: ValueId, b: ValueId) -> ValueId {
        let width = self.same_width(a, b);
        if let Some((x, y)) = self.both_constants(a, b) {
            let bias = BigUint::from(1u32) << (width - 1);
            return self.constant(Constant::bit((x ^ &bias) < (y ^ &bias)));
        }
        if a == b {
            return self.constant(Constant::bit(false));
        }
        self.insert(Operation::SignedLessThan(a, b), 1)
    }

    /// Whether every bit is one.
    pub fn reduce_and(&mut self, a: ValueId) -> ValueId {
        if let Some(constant) = self.as_constant(a) {
            let bit = Constant::bit(constant.is_ones());
            return self.constant(bit);
        }
        if self.width(a) == 1 { a } else { self.insert(Operation::ReduceAnd(a), 1) }
    }

    /// Whether some bit is one.
    pub fn reduce_or(&mut self, a: ValueId) -> ValueId {
        if let Some(constant) = self.as_constant(a) {
            let bit = Constant::bit(!constant.is_zero());
            return self.constant(bit);
        }
        if self.width(a) == 1 { a } else { self.insert(Operation::ReduceOr(a), 1) }
    }

    /// Parity of the bits.
    pub fn reduce_xor(&mut self, a: ValueId) -> ValueId {
        if let Some(constant) = self.as_constant(a) {
            let bit = Constant::bit(constant.value().count_ones() % 2 == 1);
            return self.constant(bit);
        }
        if self.width(a) == 1 { a } else { self.insert(Operation::ReduceXor(a), 1) }
    }

    /// `condition ? then : otherwise`.
    pub fn mux(&mut self, condition: ValueId, then: ValueId, otherwise: ValueId) -> ValueId {
        assert_eq!(self.width(condition), 1, "a condition is one bit wide");
        let width = self.same_width(then, otherwise);
        if let Some(constant) = self.as_constant(condition) {
            return if constant.is_zero() { otherwise } else { then };
        }
        if then == otherwise {
            return then;
        }
        if let Operation::Not(inner) = *self.operation(condition) {
            return self.mux(inner, otherwise, then);
        }
        if width == 1 {
            if self.is_ones(then) {
                return self.or(condition, otherwise);
            }
            if self.is_zero(otherwise) {
                return self.and(condition, then);
            }
            if self.is_zero(then) {
                let inverse = self.not(condition);
                return self.and(inverse, otherwise);
            }
            if self.is_ones(otherwise) {
                let inverse = self.not(condition);
                return self.or(inverse, then);
            }
        }
        // A nested mux on the same condition is decided already.
        let then = match *self.operation(then) {
            Operation::Mux { condition: inner, then: taken, .. } if inner == condition => taken,
            _ => then,
        };
        let otherwise = match *self.operation(otherwise) {
            Operation::Mux { condition: inner, otherwise: taken, .. } if inner == condition => taken,
            _ => otherwise,
        };
        if then == otherwise {
            return then;
        }
        self.insert(Operation::Mux { condition, then, otherwise }, width)
    }

    /// `width` bits from bit `low` up; must lie within the operand.
    pub fn slice(&mut self, value: ValueId, low: u32, width: u32) -> ValueId {
        let whole = self.width(value);
        assert!(width > 0 && low + width <= whole, "slice [{low} +: {width}] of {whole} bits");
        if low == 0 && width == whole {
            return value;
        }
        match self.operation(value).clone() {
            Operation::Constant(constant) => self.constant(Constant::new(width, constant.value() >> low)),
            Operation::Slice { value: inner, low: inner_low } => self.slice(inner, inner_low + low, width),
            Operation::Concat { high, low: below } => {
                let split = self.width(below);
                if low >= split {
                    self.slice(high, low - split, width)
                } else if low + width <= split {
                    self.slice(below, low, width)
                } else {
                    let upper = self.slice(high, 0, low + width - split);
                    let lower = self.slice(below, low, split - low);
                    self.concat(upper, lower)
                }
            }
            Operation::ZeroExtend(inner) => {
                let split = self.width(inner);
                if low >= split {
                    self.constant(Constant::zero(width))
                } else if low + width <= split {
                    self.slice(inner, low, width)
                } else {
                    let lower = self.slice(inner, low, split - low);
                    self.zero_extend(lower, width)
                }
            }
            _ => self.insert(Operation::Slice { value, low }, width),
        }
    }

    /// `high` above `low`.
    pub fn concat(&mut self, high: ValueId, low: ValueId) -> ValueId {
        let width = self.width(high) + self.width(low);
        if let Some((x, y)) = self.both_constants(high, low) {
            return self.constant(Constant::new(width, (x << self.width(low)) | y));
        }
        if self.is_zero(high) {
            return self.zero_extend(low, width);
        }
        // Two neighbouring slices of one value are one slice.
        if let (Operation::Slice { value: a, low: upper }, Operation::Slice { value: b, low: lower }) =
            (self.operation(high), self.operation(low))
            && a == b
            && *upper == lower + self.width(low)
        {
            let (value, lower) = (*a, *lower);
            return self.slice(value, lower, width);
        }
        self.insert(Operation::Concat { high, low }, width)
    }

    /// Extended with zeros to `width` bits.
    pub fn zero_extend(&mut self, a: ValueId, width: u32) -> ValueId {
        let narrow = self.width(a);
        assert!(width >= narrow, "zero extension from {narrow} to {width} bits");
        if width == narrow {
            return a;
        }
        match self.operation(a).clone() {
            Operation::Constant(constant) => self.constant(Constant::new(width, constant.value().clone())),
            Operation::ZeroExtend(inner) => self.zero_extend(inner, width),
            _ => self.insert(Operation::ZeroExtend(a), width),
        }
    }

    /// Extended with the top bit to `width` bits.
    pub fn sign_extend(&mut self, a: ValueId, width: u32) -> ValueId {
        let narrow = self.width(a);
        assert!(width >= narrow, "sign extension from {narrow} to {width} bits");
        if width == narrow {
            return a;
        }
        if let Some(constant) = self.as_constant(a) {
            let mut value = constant.value().clone();
            if constant.get_bit(narrow - 1) {
                value |= (Constant::ones(width - narrow).value()) << narrow;
            }
            return self.constant(Constant::new(width, value));
        }
        self.insert(Operation::SignExtend(a), width)
    }

    /// Zero-extended or cut to `width` bits.
    pub fn resize(&mut self, a: ValueId, width: u32) -> ValueId {
        if width <= self.width(a) { self.slice(a, 0, width) } else { self.zero_extend(a, width) }
    }

    /// The same operation over other operands, simplified. `width` is the result's width for operations whose operands do not
    /// fix it; constants and nets are taken over as they are.
    pub fn apply(&mut self, operation: &Operation, width: u32, mut operand: impl FnMut(ValueId) -> ValueId) -> ValueId {
        use Operation::*;
        match operation {
            Constant(constant) => self.constant(constant.clone()),
            Net(net) => self.net(*net, width),
            Not(a) => self.not(operand(*a)),
            Negate(a) => self.negate(operand(*a)),
            And(a, b) => self.and(operand(*a), operand(*b)),
            Or(a, b) => self.or(operand(*a), operand(*b)),
            Xor(a, b) => self.xor(operand(*a), operand(*b)),
            Add(a, b) => self.add(operand(*a), operand(*b)),
            Subtract(a, b) => self.subtract(operand(*a), operand(*b)),
            Multiply(a, b) => self.multiply(operand(*a), operand(*b)),
            ShiftLeft(a, b) => self.shift_left(operand(*a), operand(*b)),
            ShiftRight(a, b) => self.shift_right(operand(*a), operand(*b)),
            Equal(a, b) => self.equal(operand(*a), operand(*b)),
            LessThan(a, b) => self.less_than(operand(*a), operand(*b)),
            SignedLessThan(a, b) => self.signed_less_than(operand(*a), operand(*b)),
            ReduceAnd(a) => self.reduce_and(operand(*a)),
            ReduceOr(a) => self.reduce_or(operand(*a)),
            ReduceXor(a) => self.reduce_xor(operand(*a)),
            Mux { condition, then, otherwise } => self.mux(operand(*condition), operand(*then), operand(*otherwise)),
            Slice { value, low } => self.slice(operand(*value), *low, width),
            Concat { high, low } => self.concat(operand(*high), operand(*low)),
            ZeroExtend(a) => self.zero_extend(operand(*a), width),
            SignExtend(a) => self.sign_extend(operand(*a), width),
        }
    }
}
