//! The C++ program around a verilated circuit, and the Verilog module that fixes its ports' names.

use super::trace::{Interface, Port};
use super::verilator::WaveformFormat;
use std::fmt::Write;

/// Name of the module around the circuit, and of the C++ class.
pub(super) const WRAPPER: &str = "cosimulation";

/// A module whose ports are called `c0.. i0.. o0..`, so that no name of the circuit meets one of C++.
pub(super) fn wrapper(top: &str, interface: &Interface) -> String {
    let range = |port: &Port| if port.width == 1 { String::new() } else { format!("[{}:0] ", port.width - 1) };
    let mut declarations = Vec::new();
    let mut connections = Vec::new();
    for (index, clock) in interface.clocks.iter().enumerate() {
        declarations.push(format!("    input wire c{index}"));
        connections.push(format!("        .{clock}(c{index})"));
    }
    for (index, port) in interface.inputs.iter().enumerate() {
        declarations.push(format!("    input wire {}i{index}", range(port)));
        connections.push(format!("        .{}(i{index})", port.name));
    }
    for (index, port) in interface.outputs.iter().enumerate() {
        declarations.push(format!("    output wire {}o{index}", range(port)));
        connections.push(format!("        .{}(o{index})", port.name));
    }
    format!(
        "module {WRAPPER} (\n{}\n);\n    {top} circuit (\n{}\n    );\nendmodule\n",
        declarations.join(",\n"),
        connections.join(",\n")
    )
}

/// The program. `replay STIMULUS RESPONSE` reads steps and writes the outputs of each; `free CYCLES RESPONSE [WAVEFORM]`
/// raises
/// every clock so often with all inputs zero, writes the last outputs and prints the nanoseconds it took.
pub(super) fn program(interface: &Interface, waveform: Option<WaveformFormat>) -> String {
    let mut set = String::new();
    let mut get = String::new();
    // Writing to a String cannot fail.
    let mut offset = 0;
    for (index, port) in interface.inputs.iter().enumerate() {
        let _ = if port.width <= 64 {
            writeln!(set, "    top.i{index} = word[{offset}];")
        } else {
            writeln!(
                set,
                "    for (unsigned part = 0; part < {}; ++part) top.i{index}[part] = static_cast<uint32_t>(word[{offset} + part / 2] >> (32 * (part % 2)));",
                port.width.div_ceil(32)
            )
        };
        offset += port.words();
    }
    let input_words = offset;
    offset = 0;
    for (index, port) in interface.outputs.iter().enumerate() {
        let _ = if port.width <= 64 {
            writeln!(get, "    word[{offset}] = top.o{index};")
        } else {
            writeln!(
                get,
                "    for (unsigned part = 0; part < {}; ++part) word[{offset} + part / 2] |= static_cast<uint64_t>(top.o{index}[part]) << (32 * (part % 2));",
                port.width.div_ceil(32)
            )
        };
        offset += port.words();
    }
    let output_words = offset;
    let mut raise = String::new();
    let mut lower = String::new();
    for index in 0..interface.clocks.len() {
        let _ = writeln!(raise, "    top.c{index} = (edges >> {index}) & 1;");
        let _ = writeln!(lower, "    top.c{index} = 0;");
    }
    let (trace_header, trace_class) = match waveform {
        None => ("", ""),
        Some(WaveformFormat::Vcd) => ("#include <verilated_vcd_c.h>\n", "VerilatedVcdC"),
        Some(WaveformFormat::Fst) => ("#include <verilated_fst_c.h>\n", "VerilatedFstC"),
    };
    let trace_open = if waveform.is_some() {
        &format!(
            "    {trace_class} trace;\n    const bool traced = argc > 4;\n    if (traced) {{ context.traceEverOn(true); top.trace(&trace, 99); trace.open(argv[4]); }}\n"
        )
    } else {
        "    if (argc > 4) { std::fprintf(stderr, \"built without trace\\n\"); return 2; }\n"
    };
    let when_traced = |statement| if waveform.is_some() { statement } else { "" };
    let trace_high = when_traced("            if (traced) trace.dump(2 * cycle + 1);\n");
    let trace_low = when_traced("            if (traced) trace.dump(2 * cycle);\n");
    let trace_close = when_traced("        if (traced) trace.close();\n");
    format!(
        r#"#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <verilated.h>
{trace_header}
namespace {{

constexpr size_t input_words = {input_words};
constexpr size_t output_words = {output_words};

void set_inputs(V{WRAPPER}& top, const uint64_t* word) {{
    (void)top;
    (void)word;
{set}}}

void get_outputs(V{WRAPPER}& top, uint64_t* word) {{
    std::memset(word, 0, output_words * sizeof(uint64_t));
    (void)top;
{get}}}

void raise_clocks(V{WRAPPER}& top, uint64_t edges) {{
    (void)top;
    (void)edges;
{raise}}}

void lower_clocks(V{WRAPPER}& top) {{
    (void)top;
{lower}}}

}}  // namespace

int main(int argc, char** argv) {{
    VerilatedContext context;
    // Where the model leaves a value open, it takes a random one.
    context.randReset(2);
    context.randSeed(0x5eed);
    V{WRAPPER} top{{&context, "{WRAPPER}"}};
    if (argc < 4) {{ std::fprintf(stderr, "three arguments wanted\n"); return 2; }}
    const bool replay = std::strcmp(argv[1], "replay") == 0;
    uint64_t input[input_words + 1] = {{}};
    uint64_t output[output_words + 1] = {{}};
    std::FILE* response = std::fopen(argv[3], "wb");
    if (!response) {{ std::perror(argv[3]); return 1; }}
    if (replay) {{
        std::FILE* stimulus = std::fopen(argv[2], "rb");
        if (!stimulus) {{ std::perror(argv[2]); return 1; }}
        for (int symbol; (symbol = std::fgetc(stimulus)) != '\n';) {{
            if (symbol == EOF) {{ std::fprintf(stderr, "stimulus without its first line\n"); return 1; }}
        }}
        lower_clocks(top);
        // The first word of a step is the mask of clocks.
        while (std::fread(input, sizeof(uint64_t), input_words + 1, stimulus) == input_words + 1) {{
            set_inputs(top, input + 1);
            top.eval();
            get_outputs(top, output);
            if (std::fwrite(output, sizeof(uint64_t), output_words, response) != output_words) {{
                std::perror(argv[3]);
                return 1;
            }}
            raise_clocks(top, input[0]);
            top.eval();
            lower_clocks(top);
            top.eval();
        }}
        std::fclose(stimulus);
    }} else {{
        const uint64_t cycles = std::strtoull(argv[2], nullptr, 10);
{trace_open}        set_inputs(top, input);
        lower_clocks(top);
        top.eval();
        const auto start = std::chrono::steady_clock::now();
        for (uint64_t cycle = 0; cycle < cycles; ++cycle) {{
{trace_low}            raise_clocks(top, ~uint64_t{{0}});
            top.eval();
{trace_high}            lower_clocks(top);
            top.eval();
        }}
{trace_close}        const auto elapsed = std::chrono::steady_clock::now() - start;
        get_outputs(top, output);
        if (std::fwrite(output, sizeof(uint64_t), output_words, response) != output_words) {{
            std::perror(argv[3]);
            return 1;
        }}
        std::printf("%lld\n", static_cast<long long>(std::chrono::nanoseconds(elapsed).count()));
    }}
    top.final();
    if (std::fclose(response) != 0) {{ std::perror(argv[3]); return 1; }}
    return 0;
}}
"#
    )
}
