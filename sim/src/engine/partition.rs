//! Which circuits keep a body of their own, and which are merged into their parent's.

use crate::engine::sleep::Sleep;
use hardpath_netlist::Design;

/// Which circuits get a compiled body of their own, called once per instance. All others are inlined into the body of
/// their parent. Results are the same whatever is chosen; speed and compile time are not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Boundaries {
    /// Circuits whose copies together would be so much code that they crowd the instruction cache and the code generator.
    /// A circuit that would be inlined in one place only is inlined, unless it is large and may sleep.
    #[default]
    Automatic,
    /// Every circuit.
    All,
    /// None but the top: the whole design is one body.
    None,
}

/// Size of all copies of a circuit together, in values and registers, from which on it gets its own body. Buffers of about
/// 200 values ran faster inlined up to 8 copies, and twice as fast with a body of their own from 32 copies on.
const COPIES_SIZE: usize = 3000;

/// Size from which on a body pays at all: below, the call and the passing of ports through memory cost more than the code.
const LEAST_SIZE: usize = 40;

/// Size from which on a circuit of a large design gets a body of its own even if it stands only once, so that it can sleep.
const SLEEPER_SIZE: usize = 200;

/// Size of a design that counts as large. Small ones are dense: the parity data path ran half as fast with such bodies; the
/// flash controller, of 100,000 values, took a fifth less time.
const SLEEPING_DESIGN_SIZE: usize = 20_000;

/// Per circuit: whether it has a body of its own.
pub(super) fn bodies(design: &Design, policy: Boundaries, sleep: Sleep) -> Vec<bool> {
    let count = design.circuits.len();
    let mut sizes = vec![0usize; count];
    for (index, circuit) in design.circuits.iter().enumerate() {
        let own = circuit.values.len() + circuit.registers.len() + circuit.memories.len();
        let children = circuit.instances.iter().map(|instance| sizes[instance.circuit.0 as usize]);
        sizes[index] = children.fold(own, usize::saturating_add);
    }
    let singles_sleep = sleep == Sleep::Automatic && sizes[design.top.0 as usize] >= SLEEPING_DESIGN_SIZE;
    // Parents come after their children, so the number of copies is known before a circuit is decided on.
    let mut copies = vec![0usize; count];
    let mut own = vec![false; count];
    copies[design.top.0 as usize] = 1;
    for index in (0..count).rev() {
        own[index] = index == design.top.0 as usize
            || match policy {
                Boundaries::Automatic => {
                    let total = sizes[index].saturating_mul(copies[index]);
                    (copies[index] >= 2 && sizes[index] >= LEAST_SIZE && total >= COPIES_SIZE)
                        || (copies[index] >= 1 && sizes[index] >= SLEEPER_SIZE && singles_sleep)
                }
                Boundaries::All => copies[index] >= 1,
                Boundaries::None => false,
            };
        let placed = if own[index] { copies[index].min(1) } else { copies[index] };
        for instance in &design.circuits[index].instances {
            let child = instance.circuit.0 as usize;
            copies[child] = copies[child].saturating_add(placed);
        }
    }
    own
}
