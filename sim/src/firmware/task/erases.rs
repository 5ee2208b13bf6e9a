//! Empty rows are erased when no read can look at them any more.

use super::boot::{Command, LaneEvent};
use super::{ControllerTask, status};
use crate::firmware::layout::{LANES, RowAddress};
use hardpath_rtl::flash_controller::lane::LaneOperation;

/// Rows whose erase is under way, by the low bits of the commands' tags.
#[derive(Clone, Copy, Debug)]
struct Erase {
    row: RowAddress,
    waiting: u16,
    failed: u16,
}

/// All of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Erases {
    slots: [Option<Erase>; 16],
}

impl Erases {
    /// A block is being erased.
    pub(super) fn under_way(&self) -> bool {
        self.slots.iter().any(Option::is_some)
    }
}

impl ControllerTask {
    /// Fences rows that are empty, and erases those whose fence has passed.
    pub(super) async fn erase(&mut self) {
        let passed = self.status().await & status::FENCE_PASSED != 0;
        if !passed {
            return;
        }
        while let Some((row, lanes)) = self.fenced.pop() {
            let free = self.erases.slots.iter().position(Option::is_none);
            let Some(slot) = free else {
                self.fenced.push((row, lanes));
                return;
            };
            if lanes == 0 {
                self.policy.on_erased(row, 0);
                continue;
            }
            self.erases.slots[slot] = Some(Erase { row, waiting: lanes, failed: 0 });
            for lane in (0..LANES as u32).filter(|lane| lanes >> lane & 1 == 1) {
                self.issue(Command {
                    operation: LaneOperation::Erase,
                    lane,
                    chip: row.group,
                    die: row.die,
                    planes: 3,
                    block: row.block,
                    slot: slot as u32,
                    ..Command::default()
                })
                .await;
            }
        }
        while let Some(row) = self.policy.next_erase() {
            self.fenced.push(row);
        }
        if !self.fenced.is_empty() {
            self.write("fence_advance", 0).await;
        }
    }

    /// An erase of a lane has ended.
    pub(super) fn on_erase_event(&mut self, event: LaneEvent) {
        let slot = usize::from(event.tag & 15);
        let Some(erase) = &mut self.erases.slots[slot] else { return };
        erase.waiting &= !(1 << event.lane);
        erase.failed |= u16::from(event.failed) << event.lane;
        if erase.waiting == 0 {
            let Erase { row, failed, .. } = *erase;
            self.erases.slots[slot] = None;
            self.policy.on_erased(row, failed);
            let mut report = self.report.borrow_mut();
            report.erased_rows += 1;
            report.failed_erases += u64::from(failed.count_ones());
        }
    }
}
