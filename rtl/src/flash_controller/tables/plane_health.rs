//! Which planes of the lanes' chips have failed.

use rust_hdl::prelude::*;

use crate::circuit::{circuit_info, no_collision};

/// A bit for each plane of each chip: set if it has failed. The ten lanes' bits of one plane are one word; a word's number
/// is, from its lowest bit, plane (1 bit), die (3 bits), RAID group (1 bit).
///
/// - Latency: 2 cycles from a number to its word; a word that is written is seen by numbers given in later cycles.
/// - Throughput: 1 word per cycle on each of both ports.
/// - Back-pressure: none.
/// - Limits: 10 lanes of two chips of 8 dies of two planes. All planes are healthy at first. A word that is written in the
///   cycle in which its number is given is shown as anything.
#[derive(LogicBlock, Default)]
pub struct PlaneHealth {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Number of the word that opening a stripe asks for.
    pub plane: Signal<In, Bits<5>>,
    /// Lanes whose plane, of the number given two cycles before, has failed.
    pub failed: Signal<Out, Bits<10>>,
    /// Number of the word that the firmware asks for or writes.
    pub firmware_plane: Signal<In, Bits<5>>,
    /// The firmware writes the word.
    pub firmware_write: Signal<In, Bit>,
    /// The word to write.
    pub firmware_mask: Signal<In, Bits<10>>,
    /// The word of the number that the firmware gave two cycles before.
    pub firmware_failed: Signal<Out, Bits<10>>,

    // Two memories of the same words, since each is read once a cycle.
    masks: RAM<Bits<10>, 5>,
    firmware_masks: RAM<Bits<10>, 5>,
    shown: DFF<Bits<10>>,
    firmware_shown: DFF<Bits<10>>,
}

impl Logic for PlaneHealth {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, shown, firmware_shown);
        self.masks.read_clock.next = self.clock.val();
        self.masks.write_clock.next = self.clock.val();
        self.firmware_masks.read_clock.next = self.clock.val();
        self.firmware_masks.write_clock.next = self.clock.val();
        self.masks.write_address.next = self.firmware_plane.val();
        self.masks.write_data.next = self.firmware_mask.val();
        self.masks.write_enable.next = self.firmware_write.val();
        self.firmware_masks.write_address.next = self.firmware_plane.val();
        self.firmware_masks.write_data.next = self.firmware_mask.val();
        self.firmware_masks.write_enable.next = self.firmware_write.val();
        self.masks.read_address.next = self.plane.val();
        self.firmware_masks.read_address.next = self.firmware_plane.val();
        self.shown.d.next = self.masks.read_data.val();
        self.firmware_shown.d.next = self.firmware_masks.read_data.val();
        self.failed.next = self.shown.q.val();
        self.firmware_failed.next = self.firmware_shown.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        let mut info = circuit_info::<Self>(&[]);
        // Such a read is shown as anything.
        info.push(no_collision(&["masks", "firmware_masks"]));
        info
    }
}
