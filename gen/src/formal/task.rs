//! What is to be proved and how.

use std::path::PathBuf;

/// The kind of question put to the solver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// No assertion fails within the first `depth` cycles after reset.
    BoundedModelCheck,
    /// No assertion ever fails: k-induction with k = `depth`.
    Prove,
    /// Every cover statement is reached within `depth` cycles.
    Cover,
}

impl Mode {
    fn keyword(self) -> &'static str {
        match self {
            Self::BoundedModelCheck => "bmc",
            Self::Prove => "prove",
            Self::Cover => "cover",
        }
    }

    /// What a design must hold for this question to mean anything.
    pub(super) fn statement(self) -> &'static str {
        match self {
            Self::BoundedModelCheck | Self::Prove => "assert statement",
            Self::Cover => "cover statement",
        }
    }

    /// Whether the solver's model, in which Yosys marks each property by a comment, has one.
    pub(super) fn has_properties(self, model: &str) -> bool {
        let marker = match self {
            Self::BoundedModelCheck | Self::Prove => "; yosys-smt2-assert ",
            Self::Cover => "; yosys-smt2-cover ",
        };
        model.lines().any(|line| line.starts_with(marker))
    }
}

/// A design with properties and the question asked of it.
#[derive(Clone, Debug)]
pub struct ProofTask<'a> {
    /// Verilog (`.v`) and SystemVerilog (`.sv`) sources.
    pub files: &'a [PathBuf],
    /// The top module, normally the checker around the design.
    pub top: &'a str,
    /// The question.
    pub mode: Mode,
    /// How many clock cycles the solver looks at, 1 and up.
    pub depth: u32,
    /// Seconds after which SymbiYosys gives up; none waits for as long as it takes.
    pub timeout_seconds: Option<u32>,
}

impl ProofTask<'_> {
    /// SymbiYosys' configuration; `names` are the sources' names in its directory.
    pub(super) fn configuration(&self, names: &[String]) -> String {
        let mut text = format!("[options]\nmode {}\ndepth {}\n", self.mode.keyword(), self.depth);
        if let Some(seconds) = self.timeout_seconds {
            text.push_str(&format!("timeout {seconds}\n"));
        }
        text.push_str("\n[engines]\nsmtbmc z3\n\n[script]\n");
        for name in names {
            // Emitted Verilog may use words that SystemVerilog reserves.
            let language = if name.ends_with(".sv") { "-sv " } else { "" };
            text.push_str(&format!("read_verilog {language}-formal {name}\n"));
        }
        text.push_str(&format!("prep -top {}\n\n[files]\n", self.top));
        for name in names {
            text.push_str(name);
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn configuration_reads_each_file_in_its_language() {
        let task =
            ProofTask { files: &[], top: "fifo_checker", mode: Mode::Prove, depth: 12, timeout_seconds: Some(60) };
        let names = ["fifo.v".to_owned(), "fifo_checker.sv".to_owned()];
        assert_eq!(
            task.configuration(&names),
            "[options]\nmode prove\ndepth 12\ntimeout 60\n\n\
             [engines]\nsmtbmc z3\n\n\
             [script]\nread_verilog -formal fifo.v\nread_verilog -sv -formal fifo_checker.sv\n\
             prep -top fifo_checker\n\n\
             [files]\nfifo.v\nfifo_checker.sv\n"
        );
    }
}
