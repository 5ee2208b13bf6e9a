//! No more frames are out than the other port has buffers, whatever comes.

use hardpath_rtl::fibre_channel::CreditCounter;
use hardpath_testbenches::cosimulation::Bench;
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn frames_out_never_exceed_the_credit(seed: u64, eagerness in 0.05..1.0_f64, answers in 0.05..1.0_f64) {
        let mut random = StdRng::seed_from_u64(seed);
        let mut bench = Bench::new(CreditCounter::default());
        let (mut outstanding, mut credit, mut excess) = (0_u64, 1, false);
        for _ in 0..2000 {
            // A new credit counts from the next cycle on.
            let credit_before = credit;
            if random.random_bool(0.01) {
                credit = random.random_range(0..=255);
            }
            bench.set("credit", credit);
            bench.settle();
            prop_assert_eq!(bench.get("outstanding"), outstanding);
            prop_assert_eq!(bench.get("excess") == 1, excess);
            let sends = bench.get("may_send") == 1 && random.random_bool(eagerness);
            let answered = random.random_bool(answers);
            let reset = random.random_bool(0.005);
            bench.set("frame_sent", u64::from(sends));
            bench.set("ready_received", u64::from(answered));
            bench.set("reset", u64::from(reset));
            bench.settle();
            let before = outstanding;
            excess = answered && !sends && outstanding == 0 && !reset;
            outstanding = match (sends, answered) {
                _ if reset => 0,
                (true, false) => outstanding + 1,
                (false, true) => outstanding.saturating_sub(1),
                _ => outstanding,
            };
            prop_assert!(outstanding <= credit_before.max(before), "{outstanding} of {credit_before}");
            bench.clock();
        }
    }

    #[test]
    fn a_frame_may_be_sent_as_soon_as_fewer_are_out_than_the_credit(credit in 1..=255_u64) {
        let mut bench = Bench::new(CreditCounter::default());
        bench.set("credit", credit);
        bench.clock();
        let mut sent = 0;
        for _ in 0..300 {
            bench.settle();
            let may_send = bench.get("may_send");
            sent += may_send;
            bench.set("frame_sent", may_send);
            bench.clock();
        }
        prop_assert_eq!(sent, credit);
    }
}
