//! Error correction by binary BCH codes.

mod bch_chien_search;
mod bch_decoder;
mod bch_encoder;
mod bch_error_finder;
mod bch_key_equation;
mod bch_key_equation_lane;
mod bch_syndromes;
mod code;
mod galois_multiplier;
mod record_code;

pub use bch_chien_search::BchChienSearch;
pub use bch_decoder::BchDecoder;
pub use bch_encoder::BchEncoder;
pub use bch_error_finder::BchErrorFinder;
pub use bch_key_equation::BchKeyEquation;
pub use bch_key_equation_lane::BchKeyEquationLane;
pub use bch_syndromes::BchSyndromes;
pub use code::{BchCode, BchCodeError};
pub use galois_multiplier::GaloisMultiplier;
pub use record_code::{RECORD_BYTES, RecordCode};
