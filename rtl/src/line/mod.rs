//! The serial line: what stands between the words of a protocol and the bits that a transceiver sends and receives.
//!
//! One order holds in every word: what is first on the line lies lowest. The first byte of a 32-bit word is bits 7..=0, bit 0
//! of a byte enters a CRC first, and bit 0 of a 40-bit word is bit `a` of its first character.

mod character_decoder;
mod character_encoder;
pub(crate) mod code_8b10b;
mod comma_aligner;
mod crc32_word;
mod decoder_8b10b;
mod elastic_buffer;
mod encoder_8b10b;
mod frame_scrambler;
mod word_synchronizer;

pub use character_decoder::CharacterDecoder;
pub use character_encoder::CharacterEncoder;
pub use comma_aligner::CommaAligner;
pub use crc32_word::Crc32Word;
pub use decoder_8b10b::Decoder8b10b;
pub use elastic_buffer::ElasticBuffer;
pub use encoder_8b10b::Encoder8b10b;
pub use frame_scrambler::{FrameScrambler, ScramblerParameters};
pub use word_synchronizer::WordSynchronizer;
