//! The flow run for real on small designs.

use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::toolchain::Toolchain;

/// Accumulates words into a memory of 512 words of 32 bits: a read, then a write of the XOR.
const ACCUMULATOR: &str = "
module accumulator (
  input wire clock, input wire valid, input wire [8:0] address, input wire [31:0] word,
  output reg [31:0] sum
);
  reg [31:0] store [0:511];
  reg [31:0] stored, held_word;
  reg [8:0] held_address;
  reg held_valid;
  always @(posedge clock) begin
    stored <= store[address];
    held_word <= word;
    held_address <= address;
    held_valid <= valid;
    sum <= stored ^ held_word;
    if (held_valid) store[held_address] <= stored ^ held_word;
  end
endmodule
";

fn wide_register(bits: u32) -> String {
    let high = bits - 1;
    format!(
        "module wide (input wire clock, input wire [{high}:0] d, output reg [{high}:0] q);\n\
         reg [{high}:0] held;\n\
         always @(posedge clock) begin held <= d; q <= held; end\nendmodule\n"
    )
}

fn source(directory: &Path, name: &str, text: &str) -> Vec<PathBuf> {
    let path = directory.join(name);
    fs::write(&path, text).unwrap();
    vec![path]
}

fn measure(text: &str, top: &str, board: &str, seeds: u32) -> Result<SynthesisReport, SynthesisError> {
    let directory = tempfile::tempdir().unwrap();
    let files = source(directory.path(), "design.v", text);
    let job = SynthesisJob {
        files: &files,
        top,
        board: &Board::load(board).unwrap(),
        out_of_context: false,
        seeds,
        directory: directory.path(),
    };
    synthesize(&Toolchain::locate().unwrap(), &job)
}

#[test]
fn block_ram_flip_flops_and_limit_are_measured_on_ecp5_with_pins() {
    let report = measure(ACCUMULATOR, "accumulator", "ecp5-evn", 2).unwrap();
    assert!(!report.out_of_context);
    assert_eq!(report.port_bits, 1 + 1 + 9 + 32 + 32);
    assert_eq!(report.block_rams.used, 1, "{report}");
    assert!(report.flip_flops.used >= 74, "{report}");
    assert!(report.lookup_tables.used >= 32, "{report}");
    assert_eq!(report.clocks.len(), 1, "{report}");
    assert_eq!(report.clocks[0].clock, "clock");
    assert_eq!(report.seeds.len(), 2);
    let best = report.seeds.iter().filter_map(|s| s.fmax_mhz).max_by(f64::total_cmp);
    assert_eq!(report.fmax_mhz(), best);
    let fmax = best.unwrap();
    assert!((50.0..1000.0).contains(&fmax), "{report}");
    let path = report.worst_path.as_ref().unwrap();
    let limit_ns = path.logic_ns + path.routing_ns;
    assert!((limit_ns - 1000.0 / fmax).abs() < 0.05, "{report}");
}

#[test]
fn more_ports_than_pins_are_measured_out_of_context_or_refused() {
    let text = wide_register(150);
    let report = measure(&text, "wide", "ecp5-evn", 1).unwrap();
    assert!(report.out_of_context);
    assert_eq!((report.port_bits, report.flip_flops.used), (301, 300));

    let refused = measure(&text, "wide", "ice40-hx8k", 1).unwrap_err();
    let message = refused.to_string();
    assert!(message.contains("301 port bits"), "{message}");
    assert!(message.contains("206 user pins"), "{message}");
}

#[test]
fn ice40_counts_lookup_tables_and_flip_flops_apart() {
    let report = measure(&wide_register(20), "wide", "ice40-hx8k", 1).unwrap();
    assert_eq!(report.flip_flops.used, 40, "{report}");
    assert_eq!(report.lookup_tables.used, 0, "{report}");
    assert_eq!(report.clocks[0].clock, "clock");
}

#[test]
fn a_failing_tool_is_named_with_its_last_lines() {
    let missing = measure(ACCUMULATOR, "no_such_module", "ecp5-evn", 1).unwrap_err();
    let message = missing.to_string();
    assert!(message.contains("Yosys failed"), "{message}");
    assert!(message.contains("no_such_module"), "{message}");
}

/// Whether `netlist` and the accumulator agree in their first cycles, starting from zero.
fn equals_accumulator(toolchain: &Toolchain, netlist: &str, directory: &Path) -> bool {
    fs::write(directory.join("compared.v"), netlist).unwrap();
    let script = "read_verilog design.v; prep -flatten -top accumulator; memory_map; \
                  rename accumulator gold; design -stash gold; \
                  read_verilog compared.v; prep -flatten -top accumulator; memory_map; \
                  rename accumulator gate; design -stash gate; \
                  design -copy-from gold gold; design -copy-from gate gate; \
                  miter -equiv -flatten -make_assert gold gate miter; hierarchy -top miter; \
                  sat -verify -prove-asserts -set-init-zero -tempinduct-baseonly -maxsteps 5 \
                  miter";
    let output = toolchain.yosys().output(["-p", script], directory).unwrap();
    let found_difference = output.text().contains("proof did fail");
    assert_ne!(output.status.success(), found_difference, "{}", output.text());
    output.status.success()
}

#[test]
fn netlist_is_gates_around_the_memory_and_equal_to_its_source() {
    let toolchain = Toolchain::locate().unwrap();
    let directory = tempfile::tempdir().unwrap();
    // Small enough for the comparison to turn the memory into flip-flops.
    let small = ACCUMULATOR.replace("[31:0]", "[3:0]").replace("[8:0]", "[1:0]").replace("[0:511]", "[0:3]");
    let files = source(directory.path(), "design.v", &small);
    let netlist = synthesized_netlist(&toolchain, &files, "accumulator", directory.path()).unwrap();
    let text = fs::read_to_string(&netlist).unwrap();
    assert!(text.contains("module accumulator("), "{text}");
    assert!(text.contains("reg [3:0] store [3:0]"), "{text}");
    assert!(equals_accumulator(&toolchain, &text, directory.path()));

    let planted = text.replacen(" ^ ", " & ", 1);
    assert_ne!(planted, text);
    assert!(!equals_accumulator(&toolchain, &planted, directory.path()));
}
