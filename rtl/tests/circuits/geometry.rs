//! Geometries: what is read, and what is refused.

use hardpath_rtl::config::{ArrayGeometry, GeometryError, MINIMUM_STRIP_WORDS, WORD_BITS};

#[test]
fn text_gives_lanes_and_defaults() {
    let geometry: ArrayGeometry = "9+1".parse().expect("a legal geometry");
    assert_eq!(geometry, ArrayGeometry { data_lanes: 9, strip_bytes: 4096, word_bits: 64 });
    assert_eq!(geometry.lanes(), 10);
    assert_eq!(geometry.words_per_strip(), 512);
    assert_eq!(geometry.strip_address_bits(), 9);
    assert_eq!(geometry.stripe_data_bytes(), 36_864);
    assert_eq!(geometry.to_string(), "9+1");
}

#[test]
fn malformed_text_is_refused_with_what_would_be_legal() {
    for text in ["", "9", "+", "9+", "+1", "nine+1", "9+1+1", " 9+1", "-9+1", "99999999999999999999+1"] {
        let error = text.parse::<ArrayGeometry>().expect_err(text);
        assert!(error.to_string().contains(text) && error.to_string().contains("9+1"), "{error}");
    }
}

#[test]
fn lanes_out_of_range_are_refused() {
    for (text, value) in [("0+1", 0), ("1+1", 1), ("16+1", 16)] {
        assert_eq!(text.parse::<ArrayGeometry>(), Err(GeometryError::DataLanes { value }));
    }
    assert_eq!("9+2".parse::<ArrayGeometry>(), Err(GeometryError::ParityLanes { value: 2 }));
    assert!("2+1".parse::<ArrayGeometry>().is_ok() && "15+1".parse::<ArrayGeometry>().is_ok());
}

#[test]
fn strip_and_word_sizes_are_checked() {
    let with = |strip_bytes, word_bits| ArrayGeometry { data_lanes: 9, strip_bytes, word_bits }.validate();
    for value in [0, 511, 513, 66_048] {
        assert_eq!(with(value, 64), Err(GeometryError::StripBytes { value }));
    }
    for value in [0, 16, 65, 1024] {
        assert_eq!(with(4096, value), Err(GeometryError::WordBits { value }));
    }
    for bits in WORD_BITS {
        for bytes in [512, 1536, 65_536] {
            assert_eq!(with(bytes, bits), Ok(()));
            let geometry = ArrayGeometry { data_lanes: 2, strip_bytes: bytes, word_bits: bits };
            assert!(geometry.words_per_strip() >= MINIMUM_STRIP_WORDS);
            assert!(geometry.words_per_strip() <= 1 << geometry.strip_address_bits());
        }
    }
}

#[test]
fn serialized_form_is_read_back() {
    let geometry = ArrayGeometry { data_lanes: 4, strip_bytes: 1024, word_bits: 128 };
    let text = serde_json::to_string(&geometry).expect("plain numbers");
    assert_eq!(serde_json::from_str::<ArrayGeometry>(&text).expect("its own form"), geometry);
    let short: ArrayGeometry = serde_json::from_str(r#"{"data_lanes":9}"#).expect("defaults");
    assert_eq!(short, ArrayGeometry::default());
    assert!(serde_json::from_str::<ArrayGeometry>(r#"{"data_lanes":9,"lanes":10}"#).is_err());
}
