//! A processor's accesses to registers with another clock.

use hardpath_rtl::interface_card::MailboxCrossing;
use hardpath_testbenches::cosimulation::Bench;

/// Cycles until `done`, and until the mailbox is asked again where the next access stands at once; both clocks are one, and the
/// mailbox answers in the cycle after it is asked.
fn cycles() -> (u32, u32) {
    let mut bench = Bench::new(MailboxCrossing::default());
    let (mut asked_before, mut answers) = (0, 0);
    let (mut done_at, mut asked_at) = (vec![], vec![]);
    bench.set("mailbox_request", 1);
    for cycle in 0..60 {
        bench.set("far_done", answers);
        bench.set("far_data_out", 100 + u64::from(cycle));
        bench.settle();
        let asked = bench.get("far_request");
        if asked == 1 && asked_before == 0 {
            asked_at.push(cycle);
        }
        answers = u64::from(asked == 1 && answers == 0);
        asked_before = asked;
        if bench.get("mailbox_done") == 1 {
            // The answer is what stood there with `far_done`, a cycle after the mailbox was asked.
            let expected = u64::from(asked_at[done_at.len()]) + 101;
            assert_eq!(bench.get("mailbox_data_out"), expected);
            done_at.push(cycle);
        }
        bench.clocks(&["clock", "far_clock"]);
    }
    assert!(asked_at.len() - done_at.len() <= 1, "every access is made once: {asked_at:?} {done_at:?}");
    (done_at[0], asked_at[1] - asked_at[0])
}

#[test]
fn an_access_takes_the_cycles_that_are_stated_and_is_made_once() {
    assert_eq!(cycles(), (7, 13));
}
