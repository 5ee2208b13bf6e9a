//! Kernel expressions with the widths of Rust's types: operators have equal operand widths, literals take their width from
//! the other operand or the target.

use super::{Kernel, Symbol};
use crate::constant::Constant;
use crate::design::{Net, NetId, NetKind, NetType, PortDirection};
use crate::error::{Error, Result};
use crate::inspect::parse_literal;
use crate::value::ValueId;
use num_bigint::{BigInt, BigUint, Sign};
use num_traits::{One, Signed, ToPrimitive, Zero};
use rust_hdl::core::ast::{VerilogExpression, VerilogLiteral, VerilogOp, VerilogOpUnary};

/// A value of known width, once over named nets (for printing) and once over sources (for computing).
#[derive(Clone, Copy, Debug)]
pub(super) struct Expression {
    pub named: ValueId,
    pub resolved: ValueId,
    pub signed: bool,
    pub enumeration: Option<usize>,
}

/// An expression whose width may still have to come from its surroundings.
#[derive(Clone, Debug)]
pub(super) enum Operand {
    Sized(Expression),
    /// An integer literal or loop index.
    Literal(BigInt),
}

/// What the surroundings say about an expression.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Expectation {
    pub width: Option<u32>,
    pub enumeration: Option<usize>,
}

impl Expectation {
    pub fn none() -> Self {
        Self::default()
    }

    pub fn of_width(width: u32) -> Self {
        Self { width: Some(width), enumeration: None }
    }
}

/// The enum a net holds.
pub(super) fn enumeration(net: &Net) -> Option<usize> {
    match net.net_type {
        NetType::Enum(index) => Some(index),
        _ => None,
    }
}

impl Operand {
    pub fn as_sized(&self) -> Option<Expression> {
        match self {
            Operand::Sized(expression) => Some(*expression),
            Operand::Literal(_) => None,
        }
    }

    /// The value with its width, taken from the surroundings if it is a literal.
    pub fn sized(self, kernel: &mut Kernel, expectation: Expectation) -> Result<Expression> {
        match self {
            Operand::Sized(expression) => Ok(expression),
            Operand::Literal(value) => match expectation.width {
                Some(width) => kernel.literal(&value, width),
                None => kernel.unsupported(
                    format!("the width of literal {value} is not known here"),
                    "give it a width with bits::<N>(..) or a Constant<Bits<N>>",
                ),
            },
        }
    }
}

impl Kernel<'_> {
    fn literal(&mut self, value: &BigInt, width: u32) -> Result<Expression> {
        let modulus = BigInt::one() << width;
        let fits = if value.is_negative() { -value <= (&modulus >> 1u32) } else { *value < modulus };
        if !fits {
            return self.unsupported(format!("literal {value} does not fit {width} bits"), "use a literal that fits");
        }
        let unsigned = if value.is_negative() { value + modulus } else { value.clone() };
        let unsigned = unsigned.to_biguint().unwrap_or_default();
        Ok(self.constant(Constant::new(width, unsigned), value.is_negative()))
    }

    fn constant(&mut self, constant: Constant, signed: bool) -> Expression {
        let id = self.values.constant(constant);
        Expression { named: id, resolved: id, signed, enumeration: None }
    }

    /// An expression; `expectation` helps literals, enum paths and signed casts to their type.
    pub(super) fn expression(&mut self, expression: &VerilogExpression, expectation: Expectation) -> Result<Operand> {
        match expression {
            VerilogExpression::Signal(text) => self.signal(text, expectation),
            VerilogExpression::Literal(literal) => self.literal_expression(literal),
            VerilogExpression::Paren(inner) => self.expression(inner, expectation),
            VerilogExpression::Cast(inner, bits) => self.cast(inner, *bits as u32),
            VerilogExpression::Unsigned(inner) => {
                let mut value = self.sized_operand(inner, expectation)?;
                value.signed = false;
                Ok(Operand::Sized(value))
            }
            VerilogExpression::Signed(inner) => self.signed_cast(inner, expectation),
            VerilogExpression::Binary(left, operator, right) => self.binary(left, operator, right, expectation),
            VerilogExpression::Unary(operator, inner) => self.unary(operator, inner, expectation),
            VerilogExpression::Index(value, index) => {
                let value = self.sized_operand(value, Expectation::none())?;
                self.bits_of(value, 1, index)
            }
            VerilogExpression::Slice(value, width, offset) => {
                let value = self.sized_operand(value, Expectation::none())?;
                self.bits_of(value, *width as u32, offset)
            }
            VerilogExpression::IndexReplace(value, index, bit) => self.replace_bit(value, index, bit, expectation),
        }
    }

    fn sized_operand(&mut self, expression: &VerilogExpression, expectation: Expectation) -> Result<Expression> {
        self.expression(expression, expectation)?.sized(self, expectation)
    }

    fn literal_expression(&mut self, literal: &VerilogLiteral) -> Result<Operand> {
        let text = format!("{literal:x}");
        let Some(value) = parse_literal(&text) else {
            return self.unsupported(format!("literal {text}"), "use an unsigned literal");
        };
        // Only `true` and `false` carry one bit; integer literals take their width from their surroundings.
        if text.starts_with("1'") {
            return Ok(Operand::Sized(self.constant(Constant::new(1, value), false)));
        }
        Ok(Operand::Literal(BigInt::from_biguint(Sign::Plus, value)))
    }

    fn signal(&mut self, text: &str, expectation: Expectation) -> Result<Operand> {
        if let Some(value) = self.loop_index(text) {
            return Ok(Operand::Literal(value.into()));
        }
        let name = self.symbol_name(text)?;
        if !self.scope.symbols.contains_key(&name)
            && let Some(variant) = self.variant(&name, expectation.enumeration)?
        {
            return Ok(Operand::Sized(variant));
        }
        match self.symbol(&name)? {
            Symbol::Net(net) => Ok(Operand::Sized(self.read(net)?)),
            Symbol::Clock(_) => {
                self.unsupported(format!("read of clock `{}`", name.replace('$', ".")), "read the block's own clock")
            }
        }
    }

    /// The value of a net at this point of the kernel.
    fn read(&mut self, id: NetId) -> Result<Expression> {
        let net = self.net(id).clone();
        let named = self.values.net(id, net.width);
        let resolved = match &net.kind {
            NetKind::Constant(constant) => self.values.constant(constant.clone()),
            // What the parent reads of a child's input, and of a register's `d`, is the settled value.
            NetKind::Connection { direction: PortDirection::Input, .. }
            | NetKind::RegisterInput(_)
            | NetKind::MemoryInput(_) => {
                self.reads_settled_input = true;
                named
            }
            kind if kind.is_source() => named,
            _ => match self.environment.get(&id) {
                Some(assigned) if assigned.missing.is_zero() => {
                    let value = assigned.value;
                    self.open_reads.push((id, value));
                    value
                }
                _ => {
                    return Err(Error::ReadBeforeAssignment { path: self.scope.path.to_owned(), net: net.name });
                }
            },
        };
        let signed = net.net_type == NetType::Signed;
        Ok(Expression { named, resolved, signed, enumeration: enumeration(&net) })
    }

    /// `State$Idle` as a variant of the expected enum, or of the only enum it fits.
    fn variant(&mut self, name: &str, expected: Option<usize>) -> Result<Option<Expression>> {
        let mut parts = name.rsplit('$');
        let (Some(variant), Some(type_name)) = (parts.next(), parts.next()) else { return Ok(None) };
        let candidates: Vec<(usize, usize)> = self
            .scope
            .enums
            .iter()
            .enumerate()
            .filter(|(_, enumeration)| enumeration.name == type_name)
            .filter_map(|(index, enumeration)| Some((index, enumeration.variants.iter().position(|v| v == variant)?)))
            .collect();
        let chosen = match expected.and_then(|index| candidates.iter().find(|candidate| candidate.0 == index)) {
            Some(chosen) => *chosen,
            None => match candidates[..] {
                [] => return Ok(None),
                [only] => only,
                _ => {
                    return self.unsupported(
                        format!("`{type_name}::{variant}` belongs to several enums named {type_name}"),
                        "rename one of the enums",
                    );
                }
            },
        };
        let (index, position) = chosen;
        let net = self.scope.variants[index][position];
        let width = self.scope.enums[index].width;
        let named = self.values.net(net, width);
        let resolved = self.values.constant(Constant::new(width, position as u64));
        Ok(Some(Expression { named, resolved, signed: false, enumeration: Some(index) }))
    }

    /// A match pattern: an enum variant, an integer, `true` or `false`.
    pub(super) fn pattern(&mut self, text: &str, expectation: Expectation) -> Result<Expression> {
        let width = expectation.width.unwrap_or(1);
        match text {
            "true" => return Ok(self.constant(Constant::bit(true), false)),
            "false" => return Ok(self.constant(Constant::bit(false), false)),
            _ => {}
        }
        if let Some(variant) = self.variant(text, expectation.enumeration)? {
            return Ok(variant);
        }
        let digits = text.replace('_', "");
        let digits = digits.trim_end_matches(char::is_alphabetic).trim_end_matches("usize");
        let value = match text.get(..2) {
            Some("0x") => BigUint::parse_bytes(text[2..].replace('_', "").as_bytes(), 16),
            Some("0b") => BigUint::parse_bytes(text[2..].replace('_', "").as_bytes(), 2),
            _ => BigUint::parse_bytes(digits.as_bytes(), 10),
        };
        match value {
            Some(value) => self.literal(&value.into(), width),
            None => self.unsupported(
                format!("match pattern `{}`", text.replace('$', "::")),
                "use an enum variant, a literal or `_`",
            ),
        }
    }

    fn cast(&mut self, inner: &VerilogExpression, width: u32) -> Result<Operand> {
        let value = match self.expression(inner, Expectation::none())? {
            Operand::Literal(value) => self.literal(&value, width)?,
            Operand::Sized(value) => Expression {
                named: self.values.resize(value.named, width),
                resolved: self.values.resize(value.resolved, width),
                signed: false,
                enumeration: None,
            },
        };
        Ok(Operand::Sized(value))
    }

    /// `signed_cast` and `to_signed_bits` keep the width. `signed_bit_cast`, whose operand is signed already, loses its
    /// width in the AST: the surroundings must give it.
    fn signed_cast(&mut self, inner: &VerilogExpression, expectation: Expectation) -> Result<Operand> {
        let value = match self.expression(inner, Expectation::none())? {
            Operand::Literal(value) => return Ok(Operand::Literal(value)),
            Operand::Sized(value) => value,
        };
        if !value.signed {
            return Ok(Operand::Sized(Expression { signed: true, enumeration: None, ..value }));
        }
        let Some(width) = expectation.width else {
            return self.unsupported(
                "signed_bit_cast whose width does not show in the kernel",
                "assign it to a Local signal of the wanted width first",
            );
        };
        let mut resize = |id: ValueId| {
            if width > self.values.width(id) {
                self.values.sign_extend(id, width)
            } else {
                self.values.slice(id, 0, width)
            }
        };
        let (named, resolved) = (resize(value.named), resize(value.resolved));
        Ok(Operand::Sized(Expression { named, resolved, signed: true, enumeration: None }))
    }

    fn map(&mut self, a: Expression, operation: impl Fn(&mut crate::ValueArena, ValueId) -> ValueId) -> Expression {
        Expression {
            named: operation(&mut self.values, a.named),
            resolved: operation(&mut self.values, a.resolved),
            signed: a.signed,
            enumeration: None,
        }
    }

    fn combine(
        &mut self,
        a: Expression,
        b: Expression,
        operation: impl Fn(&mut crate::ValueArena, ValueId, ValueId) -> ValueId,
    ) -> Expression {
        Expression {
            named: operation(&mut self.values, a.named, b.named),
            resolved: operation(&mut self.values, a.resolved, b.resolved),
            signed: a.signed,
            enumeration: None,
        }
    }

    fn unary(
        &mut self,
        operator: &VerilogOpUnary,
        inner: &VerilogExpression,
        expectation: Expectation,
    ) -> Result<Operand> {
        let reduces = matches!(operator, VerilogOpUnary::All | VerilogOpUnary::Any | VerilogOpUnary::Xor);
        let expectation = if reduces { Expectation::none() } else { Expectation { enumeration: None, ..expectation } };
        let value = match (self.expression(inner, expectation)?, operator) {
            (Operand::Literal(value), VerilogOpUnary::Neg) => return Ok(Operand::Literal(-value)),
            (operand, _) => operand.sized(self, expectation)?,
        };
        let mut result = match operator {
            VerilogOpUnary::Not => self.map(value, |values, a| values.not(a)),
            VerilogOpUnary::Neg => self.map(value, |values, a| values.negate(a)),
            VerilogOpUnary::All => self.map(value, |values, a| values.reduce_and(a)),
            VerilogOpUnary::Any => self.map(value, |values, a| values.reduce_or(a)),
            VerilogOpUnary::Xor => self.map(value, |values, a| values.reduce_xor(a)),
        };
        result.signed &= !reduces;
        Ok(Operand::Sized(result))
    }

    fn binary(
        &mut self,
        left: &VerilogExpression,
        operator: &VerilogOp,
        right: &VerilogExpression,
        expectation: Expectation,
    ) -> Result<Operand> {
        use VerilogOp::*;
        let compares = matches!(operator, Eq | Ne | Lt | Le | Gt | Ge);
        if matches!(operator, Shl | Shr) {
            return self.shift(left, operator, right, expectation);
        }
        let inner = if compares { Expectation::none() } else { Expectation { enumeration: None, ..expectation } };
        let (a, b) = self.both(left, right, inner)?;
        let (mut a, b) = match (a, b) {
            (Operand::Literal(a), Operand::Literal(b)) => return self.fold(operator, a, b),
            (Operand::Sized(a), Operand::Literal(b)) => {
                let width = self.values.width(a.named);
                (a, self.literal(&b, width)?)
            }
            (Operand::Literal(a), Operand::Sized(b)) => {
                let width = self.values.width(b.named);
                (self.literal(&a, width)?, b)
            }
            (Operand::Sized(a), Operand::Sized(b)) => (a, b),
        };
        let mut b = b;
        let (left_width, right_width) = (self.values.width(a.named), self.values.width(b.named));
        let signed = a.signed || b.signed;
        if matches!(operator, Add) && right_width == 1 && left_width > 1 {
            // `Bits<N> + bool`
            b = self.map(b, |values, id| values.zero_extend(id, left_width));
        } else if matches!(operator, Mul) && a.signed && b.signed && left_width == right_width {
            // `Signed<16> * Signed<16>` has twice the width.
            a = self.map(a, |values, id| values.sign_extend(id, 2 * left_width));
            b = self.map(b, |values, id| values.sign_extend(id, 2 * left_width));
        } else if left_width != right_width {
            return Err(Error::Width {
                path: self.scope.path.to_owned(),
                context: format!("operands of {operator:?}"),
                left: left_width,
                right: right_width,
            });
        }
        let mut result = match operator {
            Add => self.combine(a, b, |values, a, b| values.add(a, b)),
            Sub => self.combine(a, b, |values, a, b| values.subtract(a, b)),
            Mul => self.combine(a, b, |values, a, b| values.multiply(a, b)),
            LogicalAnd | BitAnd => self.combine(a, b, |values, a, b| values.and(a, b)),
            LogicalOr | BitOr => self.combine(a, b, |values, a, b| values.or(a, b)),
            BitXor => self.combine(a, b, |values, a, b| values.xor(a, b)),
            Eq => self.combine(a, b, |values, a, b| values.equal(a, b)),
            Ne => self.combine(a, b, |values, a, b| {
                let equal = values.equal(a, b);
                values.not(equal)
            }),
            Lt => self.less(a, b, signed),
            Gt => self.less(b, a, signed),
            Ge => self.not_less(a, b, signed),
            Le => self.not_less(b, a, signed),
            Shl | Shr => return self.unsupported("a shift", "use << or >> on Bits"),
        };
        result.signed = signed && !compares;
        Ok(Operand::Sized(result))
    }

    fn less(&mut self, a: Expression, b: Expression, signed: bool) -> Expression {
        if signed {
            self.combine(a, b, |values, a, b| values.signed_less_than(a, b))
        } else {
            self.combine(a, b, |values, a, b| values.less_than(a, b))
        }
    }

    fn not_less(&mut self, a: Expression, b: Expression, signed: bool) -> Expression {
        let less = self.less(a, b, signed);
        self.map(less, |values, id| values.not(id))
    }

    /// Both operands; an enum path learns its type from the other side.
    fn both(
        &mut self,
        left: &VerilogExpression,
        right: &VerilogExpression,
        expectation: Expectation,
    ) -> Result<(Operand, Operand)> {
        let follow = |operand: &Operand| match operand {
            Operand::Sized(value) => Expectation { enumeration: value.enumeration, ..expectation },
            Operand::Literal(_) => expectation,
        };
        if self.is_path(left) && !self.is_path(right) {
            let right = self.expression(right, expectation)?;
            let left = self.expression(left, follow(&right))?;
            return Ok((left, right));
        }
        let left = self.expression(left, expectation)?;
        let right = self.expression(right, follow(&left))?;
        Ok((left, right))
    }

    /// Whether an expression is a bare name that is no signal.
    fn is_path(&self, expression: &VerilogExpression) -> bool {
        match expression {
            VerilogExpression::Signal(text) => {
                self.symbol_name(text).is_ok_and(|name| !self.scope.symbols.contains_key(&name))
            }
            VerilogExpression::Paren(inner) => self.is_path(inner),
            _ => false,
        }
    }

    fn shift(
        &mut self,
        left: &VerilogExpression,
        operator: &VerilogOp,
        right: &VerilogExpression,
        expectation: Expectation,
    ) -> Result<Operand> {
        let value = self.expression(left, Expectation { enumeration: None, ..expectation })?;
        let amount = self.expression(right, Expectation::none())?;
        if let (Operand::Literal(value), Operand::Literal(amount)) = (&value, &amount) {
            return self.fold(operator, value.clone(), amount.clone());
        }
        // A literal shifted by a signal is a u64 in Rust.
        let value = value.sized(self, Expectation::of_width(64))?;
        let amount = amount.sized(self, Expectation::of_width(64))?;
        let result = match operator {
            VerilogOp::Shl => self.combine(value, amount, |values, a, b| values.shift_left(a, b)),
            _ => self.combine(value, amount, |values, a, b| values.shift_right(a, b)),
        };
        Ok(Operand::Sized(result))
    }

    /// Constant arithmetic on literals and loop indices.
    fn fold(&mut self, operator: &VerilogOp, a: BigInt, b: BigInt) -> Result<Operand> {
        use VerilogOp::*;
        let bit = |kernel: &mut Self, value| Ok(Operand::Sized(kernel.constant(Constant::bit(value), false)));
        let value = match operator {
            Add => a + b,
            Sub => a - b,
            Mul => a * b,
            BitAnd => a & b,
            BitOr => a | b,
            BitXor => a ^ b,
            Shl => match b.to_u32() {
                Some(amount) if amount < 4096 => a << amount,
                _ => return self.unsupported(format!("shift by {b}"), "shift by less than the width"),
            },
            Shr => b.to_u32().map_or_else(BigInt::zero, |amount| a >> amount),
            Eq => return bit(self, a == b),
            Ne => return bit(self, a != b),
            Lt => return bit(self, a < b),
            Le => return bit(self, a <= b),
            Gt => return bit(self, a > b),
            Ge => return bit(self, a >= b),
            LogicalAnd | LogicalOr => return self.unsupported("&& or || on numbers", "use booleans"),
        };
        Ok(Operand::Literal(value))
    }

    /// The constant value of an index or offset; `None` if it depends on signals.
    pub(super) fn constant_index(&mut self, expression: &VerilogExpression) -> Result<Option<u32>> {
        match self.expression(expression, Expectation::none())? {
            Operand::Literal(value) => match value.to_u32() {
                Some(value) => Ok(Some(value)),
                None => self.unsupported(format!("bit index {value}"), "use an index from 0 to the width"),
            },
            Operand::Sized(value) => Ok(self
                .values
                .as_constant(value.resolved)
                .and_then(Constant::to_u64)
                .and_then(|value| u32::try_from(value).ok())),
        }
    }

    /// `width` bits from `offset` up; zeros beyond the end, as Rust's shift gives them.
    fn bits_of(&mut self, value: Expression, width: u32, offset: &VerilogExpression) -> Result<Operand> {
        let whole = self.values.width(value.named);
        if let Some(low) = self.constant_index(offset)? {
            if low > whole || (low == whole && width == 1) {
                return self.unsupported(
                    format!("bit {low} of a value of {whole} bits"),
                    format!("use an index below {whole}"),
                );
            }
            let select = |values: &mut crate::ValueArena, id: ValueId| {
                let inside = width.min(whole - low);
                if inside == 0 {
                    return values.constant(Constant::zero(width));
                }
                let inside = values.slice(id, low, inside);
                values.zero_extend(inside, width)
            };
            return Ok(Operand::Sized(self.map(value, select)));
        }
        let amount = self.dynamic_index(offset)?;
        let shifted = self.combine(value, amount, |values, a, b| values.shift_right(a, b));
        Ok(Operand::Sized(self.map(shifted, |values, id| values.resize(id, width))))
    }

    /// A signal used as an index. Sums of it would be of Rust's `usize`, which hardware does not have.
    fn dynamic_index(&mut self, expression: &VerilogExpression) -> Result<Expression> {
        let mut bare = expression;
        while let VerilogExpression::Paren(inner) = bare {
            bare = inner;
        }
        if matches!(bare, VerilogExpression::Binary(..)) {
            return self.unsupported(
                "arithmetic on a computed bit index",
                "put the sum into a Local signal wide enough for it and index with that",
            );
        }
        self.sized_operand(bare, Expectation::none())
    }

    fn replace_bit(
        &mut self,
        value: &VerilogExpression,
        index: &VerilogExpression,
        bit: &VerilogExpression,
        expectation: Expectation,
    ) -> Result<Operand> {
        let value = self.sized_operand(value, expectation)?;
        let bit = self.sized_operand(bit, Expectation::of_width(1))?;
        let whole = self.values.width(value.named);
        if let Some(low) = self.constant_index(index)? {
            if low >= whole {
                return self.unsupported(
                    format!("replace_bit({low}) of a value of {whole} bits"),
                    format!("use an index below {whole}"),
                );
            }
            let replaced = self.combine(value, bit, |values, whole_value, bit| {
                let mut result = bit;
                if low > 0 {
                    let below = values.slice(whole_value, 0, low);
                    result = values.concat(result, below);
                }
                if low + 1 < whole {
                    let above = values.slice(whole_value, low + 1, whole - low - 1);
                    result = values.concat(above, result);
                }
                result
            });
            return Ok(Operand::Sized(replaced));
        }
        let index = self.dynamic_index(index)?;
        let one = self.constant(Constant::new(whole, 1u32), false);
        let place = self.combine(one, index, |values, a, b| values.shift_left(a, b));
        let mask = self.map(place, |values, id| values.not(id));
        let kept = self.combine(value, mask, |values, a, b| values.and(a, b));
        let wide = self.map(bit, |values, id| values.zero_extend(id, whole));
        let placed = self.combine(wide, index, |values, a, b| values.shift_left(a, b));
        let mut result = self.combine(kept, placed, |values, a, b| values.or(a, b));
        result.signed = value.signed;
        Ok(Operand::Sized(result))
    }
}
