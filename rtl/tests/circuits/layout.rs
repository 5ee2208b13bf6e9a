//! Layout, its inverse and the divider, against plain arithmetic.

use hardpath_rtl::raid::{Divider, StripeLayout, StripeLayoutInverse};
use rand::Rng;
use rust_hdl::prelude::*;

use crate::bench::{random, settle, value};

/// A random number of 32 bits, small ones and the largest included.
fn number(random: &mut impl Rng) -> u64 {
    let bits = random.random_range(0..=32_u32);
    match random.random_bool(0.05) {
        true => u64::from(u32::MAX),
        false => u64::from(random.random::<u32>()) & ((1_u64 << bits) - 1),
    }
}

#[test]
fn quotient_and_remainder_follow_sixteen_cycles_later() {
    let mut random = random(1);
    for divisor in 2..=16 {
        let mut divider = Divider::new(divisor).expect("a legal divisor");
        divider.connect_all();
        let mut dividends = vec![];
        for cycle in 0..120 {
            let dividend = number(&mut random);
            dividends.push(dividend);
            divider.dividend.next = dividend.into();
            settle(&mut divider, |divider| &mut divider.clock, false);
            if cycle >= 16 {
                let dividend = dividends[cycle - 16];
                let shown = (value(divider.quotient.val()), value(divider.remainder.val()));
                assert_eq!(shown, (dividend / divisor as u64, dividend % divisor as u64), "{dividend} / {divisor}");
            }
            settle(&mut divider, |divider| &mut divider.clock, true);
        }
    }
    for divisor in [0, 1, 17] {
        assert!(Divider::new(divisor).is_err());
    }
}

#[test]
fn strips_lie_where_the_layout_says() {
    let mut random = random(2);
    for data_lanes in 2..=15_u64 {
        let lanes = data_lanes + 1;
        let mut layout = StripeLayout::new(data_lanes as usize).expect("legal lanes");
        layout.connect_all();
        let mut lookups = vec![];
        for cycle in 0..100 {
            let lookup = random.random_bool(0.8).then(|| number(&mut random));
            lookups.push(lookup);
            layout.lookup_valid.next = lookup.is_some();
            layout.logical_strip.next = lookup.unwrap_or(77).into();
            settle(&mut layout, |layout| &mut layout.clock, false);
            let expected = if cycle >= 18 { lookups[cycle - 18] } else { None };
            assert_eq!(layout.result_valid.val(), expected.is_some());
            if let Some(strip) = expected {
                let stripe = strip / data_lanes;
                let parity_lane = lanes - 1 - stripe % lanes;
                assert_eq!(value(layout.stripe.val()), stripe);
                assert_eq!(value(layout.data_strip.val()), strip % data_lanes);
                assert_eq!(value(layout.parity_lane.val()), parity_lane);
                assert_eq!(value(layout.lane.val()), (parity_lane + 1 + strip % data_lanes) % lanes);
            }
            settle(&mut layout, |layout| &mut layout.clock, true);
        }
    }
}

#[test]
fn inverse_finds_the_strip_again() {
    let mut random = random(3);
    for data_lanes in 2..=15_u64 {
        let lanes = data_lanes + 1;
        let mut inverse = StripeLayoutInverse::new(data_lanes as usize).expect("legal lanes");
        inverse.connect_all();
        let mut expected = vec![];
        for cycle in 0..100 {
            // Go from a strip to its place, or to the place of its stripe's parity; the circuit must come back.
            let strip = number(&mut random);
            let stripe = strip / data_lanes;
            let parity_lane = lanes - 1 - stripe % lanes;
            let parity = random.random_bool(0.2);
            let lane = if parity { parity_lane } else { (parity_lane + 1 + strip % data_lanes) % lanes };
            let valid = random.random_bool(0.8);
            expected.push((valid, parity, strip));
            inverse.lookup_valid.next = valid;
            inverse.stripe.next = stripe.into();
            inverse.lane.next = lane.into();
            settle(&mut inverse, |inverse| &mut inverse.clock, false);
            let (valid, parity, strip) = if cycle >= 19 { expected[cycle - 19] } else { (false, false, 0) };
            assert_eq!(inverse.result_valid.val(), valid);
            if valid {
                assert_eq!(inverse.is_parity.val(), parity);
            }
            if valid && !parity {
                assert_eq!(value(inverse.logical_strip.val()), strip);
                assert_eq!(value(inverse.data_strip.val()), strip % data_lanes);
            }
            settle(&mut inverse, |inverse| &mut inverse.clock, true);
        }
    }
}
