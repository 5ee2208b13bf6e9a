//! Striping with one rotating parity strip: where a strip lies, how parity is made, how a lost strip comes back.
//!
//! A stripe is one strip on every lane. With `L` lanes, the parity of stripe `s` lies on lane `L-1 - (s mod L)`, and data
//! strip `j` of the stripe on lane `(parity lane + 1 + j) mod L`. Consecutive strips therefore lie on consecutive lanes,
//! across the ends of stripes as well.

mod divider;
mod lane_write_port;
mod lane_write_stream;
mod parity_benchmark;
mod strip_reconstructor;
mod stripe_data_path;
mod stripe_layout;
mod stripe_layout_inverse;
mod stripe_reader;
mod stripe_writer;
mod xor_parity_engine;

pub use divider::Divider;
pub use lane_write_port::LaneWritePort;
pub use lane_write_stream::{LaneWriteSink, LaneWriteSource};
pub use parity_benchmark::ParityBenchmark;
pub use strip_reconstructor::StripReconstructor;
pub use stripe_data_path::StripeDataPath;
pub use stripe_layout::StripeLayout;
pub use stripe_layout_inverse::StripeLayoutInverse;
pub use stripe_reader::StripeReader;
pub use stripe_writer::StripeWriter;
pub use xor_parity_engine::XorParityEngine;
