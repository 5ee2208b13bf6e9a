//! Which circuits keep a body of their own, and which are merged into their parent's.

use hardpath_netlist::Design;

/// Which circuits get a compiled body of their own, called once per instance. All others are inlined into the body of
/// their parent. Results are the same whatever is chosen; speed and compile time are not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Boundaries {
    /// Circuits that occur at least twice and are large enough for a call to cost less than the instruction cache misses
    /// of a copy.
    #[default]
    Automatic,
    /// Every circuit.
    All,
    /// None but the top: the whole design is one body.
    None,
}

/// Inlined size from which on a repeated circuit gets its own body, in values and registers. Below it the call, the
/// passing of ports through memory and the lost sharing cost more than the copies.
const AUTOMATIC_SIZE: usize = 250;

/// What a boundary child weighs inside its parent's body: the call and a few ports.
const CHILD_SIZE: usize = 8;

/// Per circuit: whether it has a body of its own.
pub(super) fn bodies(design: &Design, policy: Boundaries) -> Vec<bool> {
    let counts = design.instance_counts();
    let mut own = vec![false; design.circuits.len()];
    let mut sizes = vec![0usize; design.circuits.len()];
    for (index, circuit) in design.circuits.iter().enumerate() {
        let mut size = circuit.values.len() + circuit.registers.len() + circuit.memories.len();
        for instance in &circuit.instances {
            let child = instance.circuit.0 as usize;
            size = size.saturating_add(if own[child] { CHILD_SIZE } else { sizes[child] });
        }
        sizes[index] = size;
        own[index] = match policy {
            Boundaries::Automatic => counts[index] >= 2 && size >= AUTOMATIC_SIZE,
            Boundaries::All => counts[index] >= 1,
            Boundaries::None => false,
        };
    }
    own[design.top.0 as usize] = true;
    own
}
