//! Golden models: what the array must do, as plain functions on bytes and bit vectors.
//!
//! Written from the definition of the layout, of parity and of the codes, for clarity and not for speed, and independent of the
//! circuits: nothing here imports them, so that one mistake cannot hide in both.

pub mod array_image;
pub mod bch;
pub mod flash_translation;
pub mod frame;
pub mod geometry;
pub mod lane_map;
pub mod line_code;
pub mod loop_address;
pub mod member_selection;
pub mod onfi_checksum;
pub mod ordered_set;
pub mod page_map;
pub mod parity;
pub mod record;
pub mod stripe_image;
pub mod stripe_layout;

pub use array_image::{ArrayImage, ReadBackError};
pub use bch::{Bch, Decoded};
pub use geometry::{Geometry, GeometryError};
pub use lane_map::LaneMap;
pub use onfi_checksum::onfi_checksum;
pub use page_map::{PageAction, PageMap, PageOutcome, PagePlace};
pub use parity::xor_parity;
pub use stripe_layout::{StripHolder, StripLocation};
