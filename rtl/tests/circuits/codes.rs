//! Parameters of the error-correcting codes.

use hardpath_rtl::flash_controller::ecc::{BchCode, RecordCode};

#[test]
fn parity_of_the_presets_has_the_known_length() {
    for (code, parity_bits) in [(BchCode::slc(), 104), (BchCode::emlc(), 560), (BchCode::short_block(), 168)] {
        assert_eq!(code.parity_bits(), parity_bits);
    }
    assert_eq!(BchCode::slc().words(8), 527);
    assert_eq!(BchCode::emlc().words(8), 1098);
    assert_eq!(BchCode::short_block().words(16), 139);
}

#[test]
fn bad_parameters_name_value_and_range() {
    let message = |field, polynomial, strength, bytes| {
        BchCode::new(field, polynomial, strength, bytes).expect_err("illegal").to_string()
    };
    assert_eq!(message(15, 0x8003, 4, 100), "a field of 15 bits: legal are 6..=14");
    assert_eq!(message(13, 0x201b, 41, 100), "correction of 41 bits: legal are 1..=40");
    assert_eq!(message(13, 0x201b, 0, 100), "correction of 0 bits: legal are 1..=40");
    assert_eq!(message(13, 0x2001, 4, 100), "polynomial 0x2001: legal are primitive polynomials of degree 13");
    assert_eq!(
        message(13, 0x201b, 8, 1010),
        "a codeword of 1010 data bytes: legal are 1..=1008 for this field and strength"
    );
    assert!(BchCode::new(13, 0x201b, 8, 1008).is_ok());
}

#[test]
fn encoded_records_have_the_lengths_of_their_codes() {
    assert_eq!((RecordCode::Slc.codewords(), RecordCode::Slc.encoded_bytes()), (8, 4216));
    assert_eq!((RecordCode::Emlc.codewords(), RecordCode::Emlc.encoded_bytes()), (4, 4392));
}

#[test]
fn parity_stands_between_the_data_of_codewords() {
    assert_eq!(RecordCode::Slc.encoded_place(4096), 7 * 527 + 498);
    assert_eq!(RecordCode::Emlc.encoded_place(4096), 3 * 1098 + 1012);
}
