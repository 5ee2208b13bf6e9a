//! Kernel constructs that rust-hdl's translation drops or changes without a word.
//!
//! A kernel is a function marked `#[hdl_gen]`. It runs as Rust in simulation and is translated into a syntax tree for
//! everything else. The translation forgets match guards, takes `..=` for `..`, reads any function whose name begins
//! like a cast as that cast, and does not narrow in `signed_bit_cast`. The tree no longer shows any of it, so the
//! source is where it must be refused.

use std::fmt;

use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Arm, ExprCall, ExprForLoop, ImplItemFn, ItemFn, RangeLimits};

/// One construct of a kernel that simulates differently from what it is translated into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KernelFault {
    /// Line of the source, from 1; 0 where the source is not Rust.
    pub line: usize,
    /// What was found and why it is wrong.
    pub fault: String,
    /// What to write instead.
    pub instead: String,
}

impl fmt::Display for KernelFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}; {}", self.line, self.fault, self.instead)
    }
}

/// Functions the translation knows by these very names and evaluates as the simulation does.
const TRANSLATED_CALLS: [&str; 4] = ["bit_cast", "bits", "signed_cast", "unsigned_cast"];

/// Beginnings of names which the translation takes for a cast, whatever function they name.
const CAST_PREFIXES: [&str; 5] = ["bit_cast", "bits", "Bits", "signed", "unsigned"];

/// Every fault in the kernels of one source file. A source that is not Rust is one fault.
pub fn lint_kernels(source: &str) -> Vec<KernelFault> {
    let file = match syn::parse_file(source) {
        Ok(file) => file,
        Err(error) => {
            return vec![KernelFault {
                line: error.span().start().line,
                fault: format!("not Rust: {error}"),
                instead: "correct the syntax".to_owned(),
            }];
        }
    };
    let mut lint = Lint::default();
    lint.visit_file(&file);
    lint.faults
}

#[derive(Default)]
struct Lint {
    in_kernel: bool,
    faults: Vec<KernelFault>,
}

impl Lint {
    fn refuse(&mut self, spanned: &impl Spanned, fault: String, instead: &str) {
        self.faults.push(KernelFault { line: spanned.span().start().line, fault, instead: instead.to_owned() });
    }

    fn enter(&mut self, attributes: &[syn::Attribute], visit: impl FnOnce(&mut Self)) {
        let outside = self.in_kernel;
        self.in_kernel = attributes.iter().any(is_kernel_mark);
        visit(self);
        self.in_kernel = outside;
    }
}

fn is_kernel_mark(attribute: &syn::Attribute) -> bool {
    attribute.path().segments.last().is_some_and(|segment| segment.ident == "hdl_gen")
}

impl<'ast> Visit<'ast> for Lint {
    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        self.enter(&function.attrs, |lint| visit::visit_item_fn(lint, function));
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        self.enter(&function.attrs, |lint| visit::visit_impl_item_fn(lint, function));
    }

    fn visit_arm(&mut self, arm: &'ast Arm) {
        if self.in_kernel
            && let Some((_, guard)) = &arm.guard
        {
            self.refuse(
                guard.as_ref(),
                "a match guard is dropped in translation".to_owned(),
                "write an `if` inside the arm",
            );
        }
        visit::visit_arm(self, arm);
    }

    fn visit_expr_for_loop(&mut self, expression: &'ast ExprForLoop) {
        if self.in_kernel
            && let syn::Expr::Range(range) = expression.expr.as_ref()
            && matches!(range.limits, RangeLimits::Closed(_))
        {
            self.refuse(
                range,
                "a loop over `..=` loses its last turn in translation".to_owned(),
                "write `..` with the bound one higher",
            );
        }
        visit::visit_expr_for_loop(self, expression);
    }

    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        if self.in_kernel
            && let syn::Expr::Path(function) = call.func.as_ref()
        {
            // The translation matches the text of the call, so what counts is how the path begins.
            let path: Vec<String> = function.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            let text = path.join("::");
            let casts = path.first().is_some_and(|first| CAST_PREFIXES.iter().any(|prefix| first.starts_with(prefix)));
            if text == "signed_bit_cast" {
                self.refuse(
                    function,
                    "`signed_bit_cast` is not narrowed in translation".to_owned(),
                    "cast the unsigned bits with `bit_cast`, then `signed_cast`",
                );
            } else if casts && !TRANSLATED_CALLS.contains(&text.as_str()) {
                self.refuse(
                    function,
                    format!("the call of `{text}` is taken for a cast in translation"),
                    "write its expression in place, or use `bit_cast`, `bits`, `signed_cast` or `unsigned_cast`",
                );
            }
        }
        visit::visit_expr_call(self, call);
    }
}
