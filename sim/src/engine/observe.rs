//! Looking at any nets of the design, cheaply enough for every cycle.
//!
//! The engine drops and merges nets that no output or register needs. An [`ObservationPlan`] brings a selection of them
//! back: one compiled function evaluates all of them, combinational ones included, from the state as it stands and writes
//! their values one after the other into a buffer of 64-bit words. Nets that share logic share its evaluation, and
//! instances of one circuit type whose selections are alike share the code.
//!
//! ```text
//! let plan = sim.observation(&[NetRef { instance: vec![2, 0], net: NetId(7) }, ...])?;   // compiles once
//! let mut buffer = vec![0; plan.words()];
//! loop {
//!     sim.observe(&plan, &mut buffer)?;                       // values in the current cycle, after settling
//!     let first = &buffer[plan.range(0)];                     // ceil(width / 64) words, least significant first
//!     sim.tick(1)?;
//! }
//! ```

use crate::engine::layout::words_of;
use hardpath_netlist::NetId;
use std::ops::Range;

/// One net of one instance of the design.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NetRef {
    /// Indices into [`Circuit::instances`](hardpath_netlist::Circuit::instances) from the top down; empty for the top itself.
    pub instance: Vec<usize>,
    /// Net of that instance's circuit.
    pub net: NetId,
}

impl NetRef {
    /// A net of the top circuit.
    pub fn top(net: NetId) -> Self {
        Self { instance: Vec::new(), net }
    }
}

/// A compiled selection of nets of one [`Simulator`](crate::engine::Simulator), made by
/// [`Simulator::observation`](crate::engine::Simulator::observation).
///
/// Net `i` of the selection takes `ceil(width / 64)` words of the buffer at [`ObservationPlan::range`]`(i)`, least
/// significant word first, bits above the width zero. Constants can be selected too.
#[derive(Clone, Debug)]
pub struct ObservationPlan {
    pub(super) simulator: u64,
    pub(super) function: usize,
    pub(super) widths: Vec<u32>,
    pub(super) offsets: Vec<usize>,
    pub(super) words: usize,
}

impl ObservationPlan {
    /// Lays the nets out one after the other.
    pub(super) fn new(simulator: u64, function: usize, widths: Vec<u32>) -> Self {
        let mut words = 0;
        let offsets = widths
            .iter()
            .map(|width| {
                let offset = words;
                words += words_of(*width);
                offset
            })
            .collect();
        Self { simulator, function, widths, offsets, words }
    }

    /// Gives the nets their places in another order: `order` holds every index of the selection once.
    pub(super) fn rearrange(&mut self, order: &[usize]) {
        let mut word = 0;
        for index in order {
            self.offsets[*index] = word;
            word += words_of(self.widths[*index]);
        }
    }

    /// Number of nets, in the order of the selection.
    pub fn len(&self) -> usize {
        self.widths.len()
    }

    /// Whether no net was selected.
    pub fn is_empty(&self) -> bool {
        self.widths.is_empty()
    }

    /// Words of 64 bits the buffer must have.
    pub fn words(&self) -> usize {
        self.words
    }

    /// Width in bits of net `index` of the selection.
    pub fn width(&self, index: usize) -> u32 {
        self.widths[index]
    }

    /// Where net `index` of the selection lies in the buffer.
    pub fn range(&self, index: usize) -> Range<usize> {
        let start = self.offsets[index];
        start..start + words_of(self.widths[index])
    }
}
