//! The layout circuits: layout and inverse layout are identity, and both agree with the golden model.

use crate::runner::{assert_fails_for, assert_holds_for};
use hardpath_rtl::raid::{StripeLayout, StripeLayoutInverse};
use hardpath_sim::engine::Simulator;
use hardpath_testbenches::golden::{Geometry, StripLocation, stripe_layout};
use proptest::prelude::*;
use rust_hdl::prelude::{Block, Logic};

/// What a layout circuit says of a strip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Placed {
    location: StripLocation,
    parity_lane: usize,
}

fn values() -> impl Strategy<Value = (usize, Vec<u32>)> {
    // Stripes times data lanes stay below 2^32, as the inverse layout wants.
    (2_usize..=15, proptest::collection::vec(prop_oneof![0_u32..1000, any::<u32>()], 1..40))
}

/// One result per lookup, in order: `inputs` are set each cycle, `outputs` read when `result_valid` is high.
fn look_up(sim: &mut Simulator, inputs: &[&str], lookups: &[Vec<u64>], outputs: &[&str]) -> Vec<Vec<u64>> {
    let port = |sim: &mut Simulator, name: &str| sim.port_named(name).expect("a port");
    let lookup_valid = port(sim, "lookup_valid");
    let result_valid = port(sim, "result_valid");
    let inputs: Vec<_> = inputs.iter().map(|name| port(sim, name)).collect();
    let outputs: Vec<_> = outputs.iter().map(|name| port(sim, name)).collect();
    let mut results = Vec::new();
    for cycle in 0..lookups.len() + 64 {
        sim.set_u64(lookup_valid, u64::from(cycle < lookups.len())).expect("an input");
        if let Some(lookup) = lookups.get(cycle) {
            for (input, value) in inputs.iter().zip(lookup) {
                sim.set_u64(*input, *value).expect("an input");
            }
        }
        if sim.get_u64(result_valid).expect("an output") == 1 {
            results.push(outputs.iter().map(|output| sim.get_u64(*output).expect("an output")).collect());
        }
        sim.tick();
    }
    assert_eq!(results.len(), lookups.len(), "a result per lookup");
    results
}

fn place(data_lanes: usize, strips: &[u32]) -> Vec<Placed> {
    let mut uut = StripeLayout::new(data_lanes).expect("a legal geometry");
    connect_layout(&mut uut);
    let mut sim = Simulator::build(&uut).expect("a compiled layout");
    let lookups: Vec<Vec<u64>> = strips.iter().map(|strip| vec![u64::from(*strip)]).collect();
    look_up(&mut sim, &["logical_strip"], &lookups, &["stripe", "lane", "parity_lane"])
        .into_iter()
        .map(|found| Placed {
            location: StripLocation { stripe: found[0], lane: found[1] as usize },
            parity_lane: found[2] as usize,
        })
        .collect()
}

/// The strip at each place; `None` for parity.
fn strips_at(data_lanes: usize, places: &[StripLocation]) -> Vec<Option<u64>> {
    let mut uut = StripeLayoutInverse::new(data_lanes).expect("a legal geometry");
    connect_inverse(&mut uut);
    let mut sim = Simulator::build(&uut).expect("a compiled inverse layout");
    let lookups: Vec<Vec<u64>> = places.iter().map(|place| vec![place.stripe, place.lane as u64]).collect();
    look_up(&mut sim, &["stripe", "lane"], &lookups, &["is_parity", "logical_strip"])
        .into_iter()
        .map(|found| (found[0] == 0).then_some(found[1]))
        .collect()
}

fn connect_layout(uut: &mut StripeLayout) {
    uut.clock.connect();
    uut.lookup_valid.connect();
    uut.logical_strip.connect();
    uut.connect_all();
}

fn connect_inverse(uut: &mut StripeLayoutInverse) {
    uut.clock.connect();
    uut.lookup_valid.connect();
    uut.stripe.connect();
    uut.lane.connect();
    uut.connect_all();
}

/// The identity, with a change of each place on the way.
fn identity(data_lanes: usize, strips: &[u32], change: impl Fn(&mut Placed, usize)) -> Result<(), String> {
    let mut placed = place(data_lanes, strips);
    placed.iter_mut().for_each(|place| change(place, data_lanes + 1));
    let places: Vec<StripLocation> = placed.iter().map(|place| place.location).collect();
    let parities: Vec<StripLocation> =
        placed.iter().map(|place| StripLocation { lane: place.parity_lane, ..place.location }).collect();
    for ((strip, found), place) in strips.iter().zip(strips_at(data_lanes, &places)).zip(&places) {
        if found != Some(u64::from(*strip)) {
            return Err(format!("strip {strip} is placed at {place:?}, where {found:?} lies"));
        }
    }
    match strips_at(data_lanes, &parities).iter().position(|found| found.is_some()) {
        Some(at) => Err(format!("{:?} is said to hold parity", parities[at])),
        None => Ok(()),
    }
}

#[test]
fn layout_and_inverse_layout_are_identity() {
    assert_holds_for("layout_and_inverse_layout_are_identity", values(), |(lanes, strips)| {
        identity(*lanes, strips, |_, _| ())
    });
}

#[test]
fn layout_equals_the_golden_model() {
    assert_holds_for("layout_equals_the_golden_model", values(), |(lanes, strips)| {
        let geometry = Geometry::new(*lanes, 1).expect("legal");
        for (strip, placed) in strips.iter().zip(place(*lanes, strips)) {
            let location = stripe_layout::locate(&geometry, u64::from(*strip));
            let expected = Placed { location, parity_lane: stripe_layout::parity_lane(&geometry, location.stripe) };
            if placed != expected {
                return Err(format!("strip {strip}: {placed:?}, golden {expected:?}"));
            }
        }
        Ok(())
    });
}

#[test]
fn a_lane_off_by_one_is_found_by_the_identity() {
    assert_fails_for("a lane off by one", values(), |(lanes, strips)| {
        identity(*lanes, strips, |place, count| place.location.lane = (place.location.lane + 1) % count)
    });
}

#[test]
fn parity_that_rotates_upwards_is_found_by_the_identity() {
    assert_fails_for("upward rotation", values(), |(lanes, strips)| {
        identity(*lanes, strips, |place, count| place.parity_lane = count - 1 - place.parity_lane)
    });
}
