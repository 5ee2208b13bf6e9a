//! Memories in the form that synthesis recognises as block RAM.

use super::expression::Expressions;
use super::layout::{Lines, literal, range};
use hardpath_netlist::{Constant, Memory, NetType};

/// Words and bits up to which a memory is too small for a block RAM of its own: an eighth of an ECP5's.
const SMALL_MEMORY: (u64, u64) = (64, 2304);

/// Words that one `initial` block zeroes: the time that Yosys takes to read one grows with the square of its length.
const ZEROED_AT_ONCE: u64 = 64;

/// Declaration and first contents of a memory.
pub(super) fn declaration(expressions: &mut Expressions, memory: &Memory) -> Lines {
    let mut lines = Lines::default();
    let depth = 1u64 << memory.address_bits;
    if memory.no_collision {
        // A read never meets a write of its address: synthesis need not build a bypass.
        lines.push(1, "(* no_rw_check *)");
    }
    let (words, bits) = SMALL_MEMORY;
    if depth <= words && depth * u64::from(memory.width) <= bits {
        lines.push(1, "(* ram_style = \"distributed\" *)");
    }
    lines.push(1, &format!("reg {}{} [0:{}];", range(memory.width), memory.name, depth - 1));
    let zero = literal(&Constant::zero(memory.width));
    let every_word_given = memory.initial.len() as u64 == depth;
    if memory.initial.is_empty() && depth > ZEROED_AT_ONCE {
        let [part, word, block] =
            ["part", "word", "zeros"].map(|what| expressions.fresh_name(&format!("{}_{what}", memory.name)));
        lines.push(1, &format!("genvar {part};"));
        lines.push(1, "generate");
        lines.push(
            2,
            &format!("for ({part} = 0; {part} < {depth}; {part} = {part} + {ZEROED_AT_ONCE}) begin : {block}"),
        );
        lines.push(3, &format!("integer {word};"));
        lines.push(3, "initial begin");
        lines.push(4, &format!("for ({word} = {part}; {word} < {part} + {ZEROED_AT_ONCE}; {word} = {word} + 1) begin"));
        lines.push(5, &format!("{}[{word}] = {zero};", memory.name));
        lines.push(4, "end");
        lines.push(3, "end");
        lines.push(2, "end");
        lines.push(1, "endgenerate");
        return lines;
    }
    if every_word_given {
        lines.push(1, "initial begin");
    } else {
        let word = expressions.fresh_name(&format!("{}_word", memory.name));
        lines.push(1, &format!("integer {word};"));
        lines.push(1, "initial begin");
        lines.push(2, &format!("for ({word} = 0; {word} < {depth}; {word} = {word} + 1) begin"));
        lines.push(3, &format!("{}[{word}] = {zero};", memory.name));
        lines.push(2, "end");
    }
    for (address, word) in &memory.initial {
        let address = literal(&Constant::new(memory.address_bits, *address));
        let word = expressions.constant_of_type(word, &memory.word_type);
        lines.push(2, &format!("{}[{address}] = {word};", memory.name));
    }
    lines.push(1, "end");
    lines
}

/// Write and read ports. Nonblocking assignments make a read take the word as it was before the edge.
pub(super) fn ports(expressions: &mut Expressions, memory: &Memory) -> Lines {
    let mut lines = Lines::default();
    if let Some(write) = &memory.write {
        let [clock, enable, address, data] =
            [write.clock, write.enable, write.address, write.data].map(|net| expressions.read(net));
        lines.push(1, &format!("always @(posedge {clock}) begin"));
        lines.push(2, &format!("if ({enable}) begin"));
        lines.push(3, &format!("{}[{address}] <= {data};", memory.name));
        lines.push(2, "end");
        lines.push(1, "end");
    }
    for read in &memory.reads {
        let address = expressions.read(read.address);
        let data = expressions.circuit.net(read.data);
        match read.clock {
            Some(clock) => {
                let clock = expressions.read(clock);
                let zero = expressions.constant_of_type(&Constant::zero(data.width), &NetType::Bits);
                lines.push(1, &format!("initial {} = {zero};", data.name));
                lines.push(1, &format!("always @(posedge {clock}) begin"));
                lines.push(2, &format!("{} <= {}[{address}];", data.name, memory.name));
                lines.push(1, "end");
            }
            None => lines.push(1, &format!("assign {} = {}[{address}];", data.name, memory.name)),
        }
    }
    lines
}
