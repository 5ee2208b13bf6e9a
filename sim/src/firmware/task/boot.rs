//! Commands to the lanes, and how the chips are brought up.

use super::{ControllerTask, place, status};
use crate::firmware::layout::LANES;
use hardpath_rtl::flash_controller::lane::LaneOperation;

/// A command of the firmware to a lane.
#[derive(Clone, Copy, Debug)]
pub(super) struct Command {
    pub operation: LaneOperation,
    pub lane: u32,
    pub chip: u32,
    pub die: u32,
    pub planes: u32,
    pub block: u32,
    pub page: u32,
    pub column: u32,
    pub length: u32,
    /// Low four bits of its tag.
    pub slot: u32,
}

/// What a lane says of a command that is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LaneEvent {
    pub tag: u8,
    pub lane: u32,
    pub failed: bool,
}

/// Address of the feature that holds interface and timing mode.
const TIMING_MODE: u32 = 0x01;
/// Bytes of a feature.
const FEATURE_BYTES: u32 = 4;

impl ControllerTask {
    /// Resets all chips, changes their interface, and asks for it over the new one: a chip that does not answer takes no part.
    pub(super) async fn boot(&mut self) {
        let (layout, mode) = (self.options.layout, u32::from(self.options.run_mode));
        let feature = Command { page: TIMING_MODE, column: mode, length: FEATURE_BYTES, ..Command::default() };
        let mut fast = 0;
        for chip in 0..layout.groups {
            self.on_all_lanes(Command { operation: LaneOperation::Reset, chip, ..Command::default() }).await;
            self.on_all_lanes(Command { operation: LaneOperation::SetFeature, chip, ..feature }).await;
            fast |= (0..LANES as u32).map(|lane| 1 << (2 * lane + chip)).sum::<u32>();
        }
        self.write("lanes_fast", fast).await;
        for chip in 0..layout.groups {
            let ask = Command { operation: LaneOperation::GetFeature, chip, column: 0, ..feature };
            let answers = self.on_all_lanes(ask).await;
            // Lanes answer at the same time: that they do is all that can be known.
            while self.read("lane_word_bytes").await != 0 {
                self.read("lane_word").await;
            }
            for lane in (0..LANES as u32).filter(|lane| answers >> lane & 1 == 0) {
                self.retire_chip(chip, lane).await;
            }
        }
    }

    /// Gives a command to a chip of every lane; the lanes on which it went well.
    async fn on_all_lanes(&mut self, command: Command) -> u16 {
        for lane in 0..LANES as u32 {
            self.issue(Command { lane, ..command }).await;
        }
        let (mut ended, mut well) = (0, 0);
        while ended < LANES {
            match self.lane_event().await {
                Some(event) => {
                    ended += 1;
                    well |= u16::from(!event.failed) << event.lane;
                }
                None => self.processor.sleep(self.processor.cycle() + 100).await,
            }
        }
        well
    }

    /// Sends a command when the one before it has left.
    pub(super) async fn issue(&self, command: Command) {
        while self.status().await & status::COMMAND_WAITS != 0 {}
        let Command { operation, lane, chip, die, planes, block, page, column, length, slot } = command;
        self.write("command_place", place(chip, die, block, 0, page)).await;
        self.write("command_span", column | length << 16).await;
        self.write("command_issue", operation as u32 | lane << 3 | planes << 7 | slot << 12).await;
    }

    /// The oldest event of the lanes.
    pub(super) async fn lane_event(&self) -> Option<LaneEvent> {
        let event = self.read("lane_event").await;
        (event >> 31 == 1).then_some(LaneEvent {
            tag: event as u8,
            lane: event >> 8 & 15,
            failed: event >> 30 & 1 == 1,
        })
    }
}

impl Default for Command {
    fn default() -> Self {
        Self {
            operation: LaneOperation::Reset,
            lane: 0,
            chip: 0,
            die: 0,
            planes: 1,
            block: 0,
            page: 0,
            column: 0,
            length: 1,
            slot: 0,
        }
    }
}
