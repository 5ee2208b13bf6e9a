//! What the pins that all chips share did before.

use super::pins::HostPins;

/// One cycle as a chip sees it.
pub(super) struct Cycle<'a> {
    pub(super) now: u64,
    pub(super) pins: &'a HostPins,
    /// The pins in the cycle before.
    pub(super) before: &'a HostPins,
    /// What changed when, before this cycle.
    pub(super) history: &'a History,
}

/// The last cycle, this one not counted, in which a signal changed; `None` if it never did.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct History {
    pub(super) command_latch: Option<u64>,
    pub(super) address_latch: Option<u64>,
    /// DQ: value or direction.
    pub(super) data: Option<u64>,
    /// The controller let go of DQ.
    pub(super) released: Option<u64>,
    pub(super) read_enable: Option<u64>,
    pub(super) write_protect: Option<u64>,
}

impl History {
    pub(super) fn update(&mut self, now: u64, before: &HostPins, pins: &HostPins) {
        let note = |changed: bool, last: &mut Option<u64>| {
            if changed {
                *last = Some(now);
            }
        };
        note(before.command_latch != pins.command_latch, &mut self.command_latch);
        note(before.address_latch != pins.address_latch, &mut self.address_latch);
        note(data_changes(before, pins), &mut self.data);
        note(before.data_drive && !pins.data_drive, &mut self.released);
        note(before.read_enable_n != pins.read_enable_n, &mut self.read_enable);
        note(before.write_protect_n != pins.write_protect_n, &mut self.write_protect);
    }
}

/// DQ changes as the chips see it.
pub(super) fn data_changes(before: &HostPins, pins: &HostPins) -> bool {
    before.data_drive != pins.data_drive || (pins.data_drive && before.data_out != pins.data_out)
}

/// The last change of a signal, this cycle counted.
pub(super) fn last_change(now: u64, changes: bool, before: Option<u64>) -> Option<u64> {
    if changes { Some(now) } else { before }
}
