//! The selection of members equals the golden model's, for any health and any blocks.

use hardpath_rtl::flash_controller::tables::MemberSelect;
use hardpath_sim::engine::Simulator;
use hardpath_testbenches::golden::member_selection::{BlockState, FEWEST_MEMBERS, LANES, select};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rust_hdl::prelude::Block;
use std::collections::HashSet;

fn mask(lanes: impl Iterator<Item = bool>) -> u64 {
    lanes.enumerate().fold(0, |mask, (lane, is_set)| mask | u64::from(is_set) << lane)
}

#[test]
fn members_and_parity_lane_equal_the_golden_model() {
    let mut circuit = MemberSelect::<21>::default();
    circuit.connect_all();
    let mut sim = Simulator::build(&circuit).unwrap();
    let mut port = |name: &str| sim.port_named(name).unwrap();
    let inputs = ["start", "stripe", "first_of_block", "failed", "erased", "open"].map(&mut port);
    let outputs = ["done", "refused", "members", "width", "parity_lane"].map(&mut port);
    let mut random = StdRng::seed_from_u64(1);
    let mut widths = HashSet::new();
    for _ in 0..3000 {
        let badness = random.random_range(0.0..0.9);
        let healthy: [bool; LANES] = std::array::from_fn(|_| !random.random_bool(badness));
        let states = [BlockState::Erased, BlockState::Open, BlockState::Full, BlockState::Bad];
        let blocks: [BlockState; LANES] = match random.random_range(0..3) {
            0 => [BlockState::Erased; LANES],
            1 => [BlockState::Open; LANES],
            _ => std::array::from_fn(|_| states[random.random_range(0..4)]),
        };
        let (stripe, first) = (random.random_range(0..1 << 21_u64), random.random_bool(0.5));
        let values = [
            1,
            stripe,
            u64::from(first),
            mask(healthy.iter().map(|healthy| !healthy)),
            mask(blocks.iter().map(|state| *state == BlockState::Erased)),
            mask(blocks.iter().map(|state| *state == BlockState::Open)),
        ];
        for (input, value) in inputs.iter().zip(values) {
            sim.set_u64(*input, value).unwrap();
        }
        let mut cycles = 0;
        loop {
            sim.tick();
            sim.set_u64(inputs[0], 0).unwrap();
            cycles += 1;
            assert!(cycles < 50, "no decision");
            if sim.get_u64(outputs[0]).unwrap() == 1 {
                break;
            }
        }
        let [_, refused, members, width, parity_lane] = outputs.map(|output| sim.get_u64(output).unwrap());
        match select(stripe, first, &healthy, &blocks) {
            None => assert_eq!(refused, 1),
            Some(golden) => {
                let lanes: Vec<usize> = (0..LANES).filter(|lane| members >> lane & 1 == 1).collect();
                assert_eq!((refused, width as usize), (0, lanes.len()));
                assert_eq!((lanes, parity_lane as usize), (golden.lanes, golden.parity_lane));
                widths.insert(width as usize);
            }
        }
    }
    assert_eq!(widths.len(), LANES - FEWEST_MEMBERS + 1, "every width from 2+1 to 9+1: {widths:?}");
}
