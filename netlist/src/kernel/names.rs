//! Names as the kernel's AST carries them: `lane[(i+1)]$data$next`.

use super::{Kernel, Symbol};
use crate::design::{Net, NetKind};
use crate::error::Result;
use rust_hdl::core::ast::VerilogExpression;

impl Kernel<'_> {
    /// The plain symbol name of an assignment's target.
    pub(super) fn target_name(&self, target: &VerilogExpression) -> Result<String> {
        match target {
            VerilogExpression::Signal(text) => self.symbol_name(text),
            VerilogExpression::Paren(inner) => self.target_name(inner),
            other => {
                self.unsupported(format!("assignment to {other:?}"), "assign to `.next` of a signal or of its field")
            }
        }
    }

    /// `lane[(i+1)]$data$next` -> `lane$3$data`.
    pub(super) fn symbol_name(&self, text: &str) -> Result<String> {
        let text = text.strip_suffix("$next").unwrap_or(text);
        let mut name = String::new();
        let mut rest = text;
        while let Some(start) = rest.find('[') {
            let Some(length) = rest[start..].find(']') else { break };
            let index = &rest[start + 1..start + length];
            name.push_str(&rest[..start]);
            match Index::new(index, &self.loops).evaluate() {
                Some(value) if value >= 0 => name.push_str(&format!("${value}")),
                _ => {
                    return self.unsupported(
                        format!("array index `{}` is not a constant", index.replace('$', ".")),
                        "loop over the array and compare the index with each position",
                    );
                }
            }
            rest = &rest[start + length + 1..];
        }
        name.push_str(rest);
        Ok(name)
    }

    /// The loop index of this name, innermost first.
    pub(super) fn loop_index(&self, name: &str) -> Option<i64> {
        self.loops.iter().rev().find(|(index, _)| index == name).map(|(_, value)| *value)
    }

    /// What a plain symbol name stands for.
    pub(super) fn symbol(&self, name: &str) -> Result<Symbol> {
        if let Some(symbol) = self.scope.symbols.get(name) {
            return Ok(*symbol);
        }
        let shown = name.replace('$', ".");
        if name.contains('$') {
            self.unsupported(
                format!("`{shown}` is no signal of this block or port of its children"),
                "reach only a child's own ports; pass the rest through them",
            )
        } else {
            self.unsupported(
                format!("`{shown}` is no signal of this block"),
                "put constants into a Constant<T> field and plain values into a Local signal",
            )
        }
    }
}

/// A net's name as a person wrote it: the data input of register `x` is `x.d`.
pub(super) fn shown(name: &str, net: &Net) -> String {
    match net.kind {
        NetKind::RegisterInput(_) => format!("{}.d", name.strip_suffix("_next").unwrap_or(name)),
        _ => name.to_owned(),
    }
}

/// Evaluates `(i+1)*2` with integers, loop indices, `+ - * /` and parentheses.
struct Index<'a> {
    rest: std::iter::Peekable<std::str::Chars<'a>>,
    loops: &'a [(String, i64)],
}

impl<'a> Index<'a> {
    fn new(text: &'a str, loops: &'a [(String, i64)]) -> Self {
        Self { rest: text.chars().peekable(), loops }
    }

    fn evaluate(mut self) -> Option<i64> {
        let value = self.sum()?;
        self.rest.next().is_none().then_some(value)
    }

    fn sum(&mut self) -> Option<i64> {
        let mut value = self.product()?;
        while let Some(operator) = self.rest.next_if(|character| matches!(character, '+' | '-')) {
            let right = self.product()?;
            value = if operator == '+' { value.checked_add(right)? } else { value.checked_sub(right)? };
        }
        Some(value)
    }

    fn product(&mut self) -> Option<i64> {
        let mut value = self.atom()?;
        while let Some(operator) = self.rest.next_if(|character| matches!(character, '*' | '/')) {
            let right = self.atom()?;
            value = if operator == '*' { value.checked_mul(right)? } else { value.checked_div(right)? };
        }
        Some(value)
    }

    fn atom(&mut self) -> Option<i64> {
        if self.rest.next_if_eq(&'(').is_some() {
            let value = self.sum()?;
            self.rest.next_if_eq(&')')?;
            return Some(value);
        }
        let mut word = String::new();
        while let Some(character) = self.rest.next_if(|character| character.is_alphanumeric() || *character == '_') {
            word.push(character);
        }
        if let Some((_, value)) = self.loops.iter().rev().find(|(index, _)| *index == word) {
            return Some(*value);
        }
        let digits = word.trim_end_matches("usize").trim_end_matches('_').replace('_', "");
        digits.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::Index;

    #[test]
    fn index_arithmetic_follows_the_usual_precedence() {
        let loops = [("i".to_owned(), 3), ("j".to_owned(), 5)];
        let value = |text| Index::new(text, &loops).evaluate();
        assert_eq!(value("i"), Some(3));
        assert_eq!(value("(i+1)*2"), Some(8));
        assert_eq!(value("i+1*2"), Some(5));
        assert_eq!(value("j-i"), Some(2));
        assert_eq!(value("7usize"), Some(7));
        assert_eq!(value("1_0"), Some(10));
        assert_eq!(value("select$val()"), None);
        assert_eq!(value("i/0"), None);
    }
}
