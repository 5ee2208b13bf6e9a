//! The golden models against independent vectors, hand-drawn layouts and their own inverses.

use hardpath_testbenches::golden::stripe_layout::{holder, locate, parity_lane};
use hardpath_testbenches::golden::{
    ArrayImage, Geometry, GeometryError, ReadBackError, StripHolder, StripLocation, lane_map, xor_parity,
};
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct ParityVectors {
    vector: Vec<ParityVector>,
}

#[derive(Deserialize)]
struct ParityVector {
    parity: String,
    data: Vec<String>,
}

fn bytes_of(hexadecimal: &str) -> Vec<u8> {
    (0..hexadecimal.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hexadecimal[at..at + 2], 16).expect("two hexadecimal digits"))
        .collect()
}

fn parity_vectors() -> Vec<(Vec<Vec<u8>>, Vec<u8>)> {
    let file: ParityVectors = toml::from_str(include_str!("../vectors/p_parity.toml")).expect("readable vectors");
    file.vector
        .iter()
        .map(|row| (row.data.iter().map(|strip| bytes_of(strip)).collect(), bytes_of(&row.parity)))
        .collect()
}

#[test]
fn parity_equals_independent_vectors() {
    let vectors = parity_vectors();
    assert_eq!(vectors.iter().map(|(data, _)| data.len()).collect::<Vec<_>>(), [2, 3, 4, 6, 8, 10, 3]);
    for (data, parity) in vectors {
        assert_eq!(xor_parity(&data), parity, "{} strips", data.len());
    }
}

#[test]
fn a_missing_strip_of_the_independent_vectors_comes_back_from_the_others() {
    for (data, parity) in parity_vectors() {
        for missing in 0..data.len() {
            let mut survivors = data.clone();
            survivors[missing] = parity.clone();
            assert_eq!(xor_parity(&survivors), data[missing]);
        }
    }
}

#[test]
fn layout_of_three_data_lanes_is_the_drawn_one() {
    let geometry = Geometry::new(3, 1).expect("legal");
    let drawn = [
        [Some(0), Some(1), Some(2), None],
        [Some(4), Some(5), None, Some(3)],
        [Some(8), None, Some(6), Some(7)],
        [None, Some(9), Some(10), Some(11)],
        [Some(12), Some(13), Some(14), None],
    ];
    for (stripe, row) in drawn.iter().enumerate() {
        for (lane, strip) in row.iter().enumerate() {
            let location = StripLocation { lane, stripe: stripe as u64 };
            let expected = strip.map_or(StripHolder::Parity, StripHolder::Data);
            assert_eq!(holder(&geometry, location), expected, "{location:?}");
            if let Some(strip) = *strip {
                assert_eq!(locate(&geometry, strip), location, "strip {strip}");
            }
        }
    }
}

#[test]
fn a_short_file_lies_on_the_lanes_as_drawn() {
    let geometry = Geometry::new(2, 2).expect("legal");
    let image = ArrayImage::write(geometry, &[1, 2, 3, 4, 5]);
    assert_eq!(image.lanes(), [vec![1, 2, 0, 0], vec![3, 4, 5, 0], vec![1 ^ 3, 2 ^ 4, 5, 0]]);
    assert_eq!(image.stripes(), 2);
}

#[test]
fn an_empty_file_takes_no_stripe() {
    let image = ArrayImage::write(Geometry::new(2, 4096).expect("legal"), &[]);
    assert_eq!(image.stripes(), 0);
    assert!(image.lanes().iter().all(Vec::is_empty));
}

#[test]
fn impossible_geometries_name_value_and_range() {
    assert_eq!(Geometry::new(1, 4096), Err(GeometryError::DataLanes(1)));
    assert_eq!(Geometry::new(9, 0), Err(GeometryError::EmptyStrip));
    let message = Geometry::new(16, 4096).expect_err("too many").to_string();
    assert_eq!(message, "16 data lanes (legal: 2..=15)");
}

#[test]
fn two_missing_lanes_lose_the_stripe() {
    let geometry = Geometry::new(4, 8).expect("legal");
    let image = ArrayImage::write(geometry, &[7; 100]);
    let lost = image.read(&lane_map::present_lanes(&geometry, &[1, 3]));
    assert_eq!(lost, Err(ReadBackError { missing: vec![1, 3] }));
}

fn geometries() -> impl Strategy<Value = Geometry> {
    (2_usize..=15, 1_usize..=64).prop_map(|(lanes, bytes)| Geometry::new(lanes, bytes).expect("in range"))
}

proptest! {
    #[test]
    fn layout_and_inverse_are_identity(geometry in geometries(), strip in 0_u64..1 << 40) {
        prop_assert_eq!(holder(&geometry, locate(&geometry, strip)), StripHolder::Data(strip));
    }

    #[test]
    fn every_place_holds_parity_or_the_strip_that_is_located_there(geometry in geometries(), stripe in 0_u64..1 << 40) {
        let mut parities = 0;
        for lane in 0..geometry.lanes() {
            let location = StripLocation { lane, stripe };
            match holder(&geometry, location) {
                StripHolder::Data(strip) => prop_assert_eq!(locate(&geometry, strip), location),
                StripHolder::Parity => parities += 1,
            }
        }
        prop_assert_eq!(parities, 1);
        prop_assert!(!lane_map::data_lanes(&geometry, stripe)[parity_lane(&geometry, stripe)]);
    }

    #[test]
    fn parity_rests_on_every_lane_once_in_as_many_stripes_as_lanes(geometry in geometries()) {
        let lanes = geometry.lanes();
        for lane in 0..lanes {
            let stripes = lane_map::parity_stripes(&geometry, lane, 3 * lanes as u64);
            let expected: Vec<usize> = (0..3).map(|turn| turn * lanes + lanes - 1 - lane).collect();
            prop_assert_eq!(stripes.iter_ones().collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn reading_returns_the_file_with_any_lane_missing(
        geometry in geometries(),
        file in proptest::collection::vec(any::<u8>(), 0..4000),
    ) {
        let image = ArrayImage::write(geometry, &file);
        prop_assert_eq!(image.read(&lane_map::present_lanes(&geometry, &[])).expect("no lane missing"), &file[..]);
        for lane in 0..geometry.lanes() {
            let read = image.read(&lane_map::present_lanes(&geometry, &[lane])).expect("one lane missing");
            prop_assert_eq!(&read, &file, "lane {} missing", lane);
        }
        for stripe in 0..image.stripes() {
            prop_assert!(image.stripe_sum(stripe as u64).iter().all(|byte| *byte == 0));
        }
    }

    #[test]
    fn a_changed_byte_on_a_lane_breaks_the_stripe_sum(
        geometry in geometries(),
        file in proptest::collection::vec(any::<u8>(), 1..400),
        choice in any::<prop::sample::Index>(),
        change in 1_u8..,
    ) {
        let image = ArrayImage::write(geometry, &file);
        let mut lanes = image.lanes().to_vec();
        let (lane, offset) = (choice.index(lanes.len()), choice.index(lanes[0].len()));
        lanes[lane][offset] ^= change;
        let damaged = ArrayImage::from_lanes(geometry, file.len(), lanes);
        let stripe = (offset / geometry.strip_bytes()) as u64;
        prop_assert!(damaged.stripe_sum(stripe).iter().any(|byte| *byte != 0));
    }
}

mod stripe_images {
    use hardpath_testbenches::golden::record::{
        RecordKind, StripeIdentity, covered_by_parity, is_intact, logical_page,
    };
    use hardpath_testbenches::golden::stripe_image::{place_of_slot, stripe_image};
    use hardpath_testbenches::golden::xor_parity;

    const STRIPE: StripeIdentity = StripeIdentity { sequence: 7, members: 0b10_1101, parity_lane: 2, group: 1 };

    #[test]
    fn slots_skip_lanes_that_are_no_members_and_the_parity_lane() {
        let places: Vec<_> = (0..6).map(|slot| place_of_slot(&STRIPE, slot)).collect();
        assert_eq!(places, [(0, 0), (0, 1), (3, 0), (3, 1), (5, 0), (5, 1)]);
    }

    #[test]
    fn halves_sum_to_zero_and_records_are_intact() {
        let pages: Vec<_> = (0..5_u32).map(|page| Some((100 + page, vec![3 * page as u8 + 1; 64]))).collect();
        let image = stripe_image(&STRIPE, &pages, 64);
        let members: Vec<usize> = (0..image.len()).filter(|&lane| image[lane].is_some()).collect();
        assert_eq!(members, [0, 2, 3, 5]);
        for half in 0..2 {
            let records: Vec<&Vec<u8>> = image.iter().flatten().map(|page| &page[half]).collect();
            assert!(records.iter().all(|record| record.len() == 80 && is_intact(record)));
            let covered: Vec<&[u8]> = records.iter().map(|record| covered_by_parity(record)).collect();
            assert!(xor_parity(&covered).iter().all(|byte| *byte == 0));
        }
        let kind = |lane: usize, half: usize| image[lane].as_ref().map(|page| page[half][64 + 11]);
        assert_eq!(kind(0, 0), Some(RecordKind::Data.code()));
        assert_eq!(kind(2, 1), Some(RecordKind::Parity.code()));
        assert_eq!(kind(5, 1), Some(RecordKind::Filler.code()), "the sixth slot has no page");
        assert_eq!(image[3].as_ref().map(|page| logical_page(&page[0])), Some(102));
    }
}
