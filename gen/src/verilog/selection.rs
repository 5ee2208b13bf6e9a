//! Bits of values: Verilog indexes names only.

use super::expression::{Expressions, Term, part_select};
use hardpath_netlist::{Constant, NetKind, Operation, ValueId};

impl Expressions<'_> {
    /// Bits of a value. Verilog indexes names only, so a slice of an expression moves into its operands where that changes
    /// nothing, and else takes its bits from a helper.
    pub(super) fn slice(&mut self, value: ValueId, low: u32, width: u32) -> Term {
        if let Some(index) = self.helper_of.get(&value) {
            return self.read_helper(*index, low, width);
        }
        let moved = match self.values.operation(value).clone() {
            Operation::Net(net) => {
                let source = self.net(net);
                if let NetKind::Constant(constant) = &source.kind {
                    let bits = self.values.constant(constant.clone());
                    let bits = self.values.slice(bits, low, width);
                    return self.term(bits);
                }
                self.mark_bits(net, low, width);
                return Term::primary(part_select(&source.name, low, width));
            }
            Operation::Not(a) => {
                let a = self.values.slice(a, low, width);
                self.values.not(a)
            }
            Operation::And(a, b) => {
                let (a, b) = self.slices(a, b, low, width);
                self.values.and(a, b)
            }
            Operation::Or(a, b) => {
                let (a, b) = self.slices(a, b, low, width);
                self.values.or(a, b)
            }
            Operation::Xor(a, b) => {
                let (a, b) = self.slices(a, b, low, width);
                self.values.xor(a, b)
            }
            Operation::Add(a, b) if low == 0 => {
                let (a, b) = self.slices(a, b, 0, width);
                self.values.add(a, b)
            }
            Operation::Subtract(a, b) if low == 0 => {
                let (a, b) = self.slices(a, b, 0, width);
                self.values.subtract(a, b)
            }
            Operation::Multiply(a, b) if low == 0 => {
                let (a, b) = self.slices(a, b, 0, width);
                self.values.multiply(a, b)
            }
            Operation::Negate(a) if low == 0 => {
                let a = self.values.slice(a, 0, width);
                self.values.negate(a)
            }
            Operation::ShiftLeft(a, amount) if low == 0 => {
                let a = self.values.slice(a, 0, width);
                self.values.shift_left(a, amount)
            }
            Operation::Mux { condition, then, otherwise } => {
                let (then, otherwise) = self.slices(then, otherwise, low, width);
                self.values.mux(condition, then, otherwise)
            }
            Operation::SignExtend(a) => {
                let narrow = self.values.width(a);
                let first = low.min(narrow - 1);
                let kept = self.values.slice(a, first, narrow - first);
                if low + width <= narrow {
                    self.values.slice(a, low, width)
                } else {
                    // `kept` ends in the sign bit, and starts with it if the slice lies above the operand.
                    self.values.sign_extend(kept, width)
                }
            }
            Operation::ShiftRight(a, amount) if low == 0 => match self.dynamic_select(a, amount, width) {
                Some(term) => return term,
                None => return self.helper_slice(value, low, width),
            },
            _ => return self.helper_slice(value, low, width),
        };
        self.term(moved)
    }

    fn slices(&mut self, a: ValueId, b: ValueId, low: u32, width: u32) -> (ValueId, ValueId) {
        (self.values.slice(a, low, width), self.values.slice(b, low, width))
    }

    fn helper_slice(&mut self, value: ValueId, low: u32, width: u32) -> Term {
        let index = self.helper(value);
        self.read_helper(index, low, width)
    }

    /// `net[amount]` or `net[amount +: width]`, if the index cannot leave the net.
    fn dynamic_select(&mut self, a: ValueId, amount: ValueId, width: u32) -> Option<Term> {
        let Operation::Net(net) = *self.values.operation(a) else { return None };
        let index = match *self.values.operation(amount) {
            Operation::ZeroExtend(inner) => inner,
            _ => amount,
        };
        let index_bits = self.values.width(index);
        let whole = self.net(net);
        if index_bits >= 32 || whole.width != 1 << index_bits || matches!(whole.kind, NetKind::Constant(_)) {
            return None;
        }
        let aligned = match *self.values.operation(index) {
            Operation::Concat { low, .. } => {
                self.values.as_constant(low).is_some_and(Constant::is_zero)
                    && 1u64 << self.values.width(low) == u64::from(width)
            }
            _ => false,
        };
        if width > 1 && !aligned {
            return None;
        }
        self.mark(net);
        let index = self.term(index).text;
        let select = if width == 1 { index } else { format!("{index} +: {width}") };
        Some(Term::primary(format!("{}[{select}]", whole.name)))
    }
}
