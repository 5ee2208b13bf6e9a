//! Verilog-2005 that people can read and tools accept without a warning.
//!
//! One module, and one file, per distinct circuit. The text agrees with the netlist bit for bit: every literal is sized,
//! every operator meets operands of one width, and a value grows only by concatenation, whose operands Verilog computes at
//! their own width.
//!
//! ```text
//! Circuit::body --projection--> statements of one net --procedure, expression--> assign / always --module--> text --files
//! ```

pub mod constraints;
mod expression;
mod files;
mod layout;
mod memory;
mod module;
mod procedure;
mod projection;
mod selection;

pub use files::{FILE_LIST, write};

use hardpath_netlist::Design;

/// One Verilog module and the file that holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerilogFile {
    /// Module name, equal to the circuit's name.
    pub module: String,
    /// File name, `<module>.v`.
    pub file_name: String,
    /// The whole text, ending in a newline.
    pub text: String,
}

/// The Verilog of a design, one file per circuit, each after those it instantiates. The same design always gives the same
/// text.
pub fn emit(design: &Design) -> Vec<VerilogFile> {
    design
        .circuits
        .iter()
        .map(|circuit| VerilogFile {
            module: circuit.name.clone(),
            file_name: format!("{}.v", circuit.name),
            text: module::module(design, circuit),
        })
        .collect()
}
