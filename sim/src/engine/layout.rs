//! Where a body's values lie in its state: 64-bit words, least significant first.

use crate::engine::body::{Body, Output};
use crate::engine::error::{Error, Result};
use crate::engine::sleep::{Sleep, sleeps};
use hardpath_netlist::{Design, NetKind, PortDirection};

/// Words of 64 bits that a value of `width` bits takes.
pub fn words_of(width: u32) -> usize {
    width.div_ceil(64) as usize
}

/// Most words of state: byte offsets must fit into the 31 bits of a machine address displacement.
const WORD_LIMIT: u64 = (1 << 28) - 1;

/// Words of a page of 4 KB. Addresses equal modulo a page share a cache set, and a store holds up a later load from such an
/// address.
const PAGE_WORDS: u128 = 512;

/// Words left free after a large memory: memories that are a whole number of pages long and addressed alike would otherwise
/// get in each other's way.
const STAGGER_WORDS: u128 = 9;

/// Where a memory lies, and how densely.
#[derive(Clone, Copy, Debug)]
pub(super) struct MemoryPlace {
    /// Word offset of word 0.
    pub offset: usize,
    /// Bytes per memory word: 1, 2, 4 or a multiple of 8.
    pub bytes: usize,
    /// Number of memory words.
    pub depth: u64,
}

/// Word offsets of everything in a body's state.
#[derive(Clone, Debug, Default)]
pub(super) struct Layout {
    /// Per port. Outputs that are a register or an input share its place.
    pub ports: Vec<usize>,
    pub registers: Vec<usize>,
    pub memories: Vec<MemoryPlace>,
    /// Per child: where its state starts.
    pub children: Vec<usize>,
    /// Words of the registers, which come first.
    pub register_words: usize,
    /// Activity word and count of ticks until the next watched one, if instances sleep.
    pub activity: Option<usize>,
    pub countdown: usize,
    /// Copies of the outputs that are registers or logic, if instances sleep: port, first word.
    pub copies: Vec<(usize, usize)>,
    /// Set when a memory is written, if somebody watches.
    pub written: Option<usize>,
    /// Words in all.
    pub words: usize,
}

impl Layout {
    /// Lays out a body whose children are laid out.
    pub fn of(design: &Design, body: &Body, layouts: &[Option<Layout>], sleep: Sleep) -> Result<Self> {
        let circuit = design.circuit(body.circuit);
        let mut layout = Layout { ports: vec![usize::MAX; circuit.ports.len()], ..Layout::default() };
        let mut words: u128 = 0;
        let mut take = |count: u128| -> Result<usize> {
            let offset = words;
            words += count;
            if words > u128::from(WORD_LIMIT) {
                return Err(Error::TooLarge { words, limit: WORD_LIMIT });
            }
            Ok(offset as usize)
        };
        for register in &body.registers {
            // Packed registers have no place of their own.
            let words = if register.packed.is_some() { 0 } else { words_of(register.width) };
            layout.registers.push(take(words as u128)?);
        }
        layout.register_words = take(0)?;
        if sleep != Sleep::Never && body.memories.iter().any(|memory| memory.write.is_some()) {
            layout.written = Some(take(1)?);
        }
        if sleeps(body, sleep) {
            layout.activity = Some(take(1)?);
            layout.countdown = take(1)?;
        }
        for (port, net) in circuit.ports.iter().enumerate() {
            let net = circuit.net(*net);
            let is_input = net.kind == NetKind::Port(PortDirection::Input);
            let has_slot = is_input || matches!(body.outputs[port], Some(Output::Logic { .. } | Output::Constant(_)));
            if has_slot {
                layout.ports[port] = take(words_of(net.width) as u128)?;
            }
        }
        for (port, output) in body.outputs.iter().enumerate() {
            match output {
                Some(Output::Register(register)) => layout.ports[port] = layout.registers[*register],
                Some(Output::PassThrough(input)) => layout.ports[port] = layout.ports[*input],
                Some(Output::Logic { .. } | Output::Constant(_)) | None => {}
            }
        }
        let copied = |output: &Option<Output>| matches!(output, Some(Output::Register(_) | Output::Logic { .. }));
        for (port, _) in body.outputs.iter().enumerate().filter(|(_, output)| copied(output)) {
            if layout.activity.is_some() && body.sequential {
                let words = words_of(circuit.net(circuit.ports[port]).width);
                layout.copies.push((port, take(words as u128)?));
            }
        }
        for child in &body.children {
            let inner = layouts[child.body].as_ref().map_or(0, |layout| layout.words);
            layout.children.push(take(inner as u128)?);
        }
        for memory in &body.memories {
            let bytes = match memory.width {
                0..=8 => 1,
                9..=16 => 2,
                17..=32 => 4,
                width => 8 * words_of(width),
            };
            if memory.address_bits > 40 {
                return Err(Error::TooLarge { words: 1 << memory.address_bits.min(120), limit: WORD_LIMIT });
            }
            let depth = 1u64 << memory.address_bits;
            let size = (u128::from(depth) * bytes as u128).div_ceil(8);
            let offset = take(size + if size >= PAGE_WORDS / 2 { STAGGER_WORDS } else { 0 })?;
            layout.memories.push(MemoryPlace { offset, bytes, depth });
        }
        layout.words = words as usize;
        Ok(layout)
    }
}

/// Writes a body's state before the first edge, its children's included, into zeroed words.
pub(super) fn initialise(
    design: &Design,
    bodies: &[Option<Body>],
    layouts: &[Option<Layout>],
    body: usize,
    state: &mut [u64],
) {
    let (Some(body), Some(layout)) = (&bodies[body], &layouts[body]) else { return };
    let placed = body.registers.iter().zip(&layout.registers).filter(|(register, _)| register.packed.is_none());
    for (register, offset) in placed {
        let words = register.initial.words();
        state[*offset..*offset + words.len()].copy_from_slice(&words);
    }
    if let Some(activity) = layout.activity {
        state[activity] = u64::MAX;
    }
    for (port, output) in body.outputs.iter().enumerate() {
        if let Some(Output::Constant(constant)) = output {
            let words = constant.words();
            state[layout.ports[port]..][..words.len()].copy_from_slice(&words);
        }
    }
    for (memory, place) in body.memories.iter().zip(&layout.memories) {
        let initial = &design.circuit(body.scopes[memory.scope].circuit).memories[memory.index].initial;
        for (address, constant) in initial {
            place.write(state, *address, &constant.words());
        }
    }
    for (child, offset) in body.children.iter().zip(&layout.children) {
        initialise(design, bodies, layouts, child.body, &mut state[*offset..]);
    }
}

impl MemoryPlace {
    /// Writes memory word `address` (below the depth).
    pub fn write(&self, state: &mut [u64], address: u64, words: &[u64]) {
        if self.bytes >= 8 {
            let start = self.offset + address as usize * (self.bytes / 8);
            state[start..start + words.len()].copy_from_slice(words);
        } else {
            let (index, shift, mask) = self.packed(address);
            state[index] = state[index] & !(mask << shift) | (words[0] & mask) << shift;
        }
    }

    /// Reads memory word `address` (below the depth).
    pub fn read(&self, state: &[u64], address: u64, words: &mut [u64]) {
        if self.bytes >= 8 {
            let start = self.offset + address as usize * (self.bytes / 8);
            words.copy_from_slice(&state[start..start + words.len()]);
        } else {
            let (index, shift, mask) = self.packed(address);
            words[0] = state[index] >> shift & mask;
        }
    }

    /// State word, bit and mask of a memory word narrower than 64 bits, as a little-endian machine addresses it.
    fn packed(&self, address: u64) -> (usize, u32, u64) {
        let byte = address as usize * self.bytes;
        let lane = (byte % 8) as u32;
        let lane = if cfg!(target_endian = "big") { 8 - self.bytes as u32 - lane } else { lane };
        (self.offset + byte / 8, 8 * lane, u64::MAX >> (64 - 8 * self.bytes))
    }
}
