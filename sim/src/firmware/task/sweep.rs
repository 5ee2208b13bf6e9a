//! What is read again and again wears, and what is never read decays: counts of reads, and the periodic sweep.

use super::ControllerTask;
use crate::firmware::layout::{LANES, RowAddress, StripeLocation};
use hardpath_rtl::flash_controller::mover::{CHECK_GOOD, CHECK_ORDER};

/// Reads of which the hardware names one.
const READS_PER_SAMPLE: u32 = 64;

impl ControllerTask {
    /// From time to time has all records of a stripe read, data and parity, by orders to the mover that move nothing.
    pub(super) fn sweep(&mut self) {
        let now = self.processor.cycle();
        if now - self.last_check < self.options.sweep_interval || !self.orders.is_empty() || !self.checks.is_empty() {
            return;
        }
        let Some((stripe, members)) = self.policy.next_check() else { return };
        self.last_check = now;
        for lane in (0..LANES as u32).filter(|lane| members >> lane & 1 == 1) {
            for half in 0..2 {
                self.orders.push_back(self.location(stripe, lane, half) | CHECK_ORDER);
            }
        }
        self.checks.insert(stripe, 2 * members.count_ones());
    }

    /// A record of a stripe was read for the sweep. One that is hardly readable is written anew with its row; of one that is
    /// not, the event of its reconstruction tells.
    pub(super) fn on_checked(&mut self, stripe: StripeLocation, outcome: u64) {
        self.report.borrow_mut().checked_records += 1;
        if outcome != CHECK_GOOD {
            self.report.borrow_mut().weak_records += 1;
            self.policy.refresh(stripe.row);
        }
        if let Some(remaining) = self.checks.get_mut(&stripe) {
            *remaining -= 1;
            if *remaining == 0 {
                self.checks.remove(&stripe);
                self.policy.on_moved(stripe);
            }
        }
    }

    /// Takes the place of a read that stands for 64: of its lane, or of all its stripe's lanes if it was made again from them.
    pub(super) async fn take_read_sample(&mut self) {
        let sample = self.read("read_sample").await;
        if sample >> 31 == 0 {
            return;
        }
        let (group, die, block) = (sample & 1, sample >> 1 & 7, sample >> 5 & 0xFFF);
        let lane = sample >> 26 & 15;
        let row = RowAddress { group, die, block };
        let dead = self.is_retired(group, lane, die);
        let lanes = if dead { self.policy.row(row).members } else { 1 << lane };
        self.policy.on_read(row, lanes, READS_PER_SAMPLE);
    }
}
