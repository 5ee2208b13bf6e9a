//! A flash lane with its error correction: records on one side, pins on the other.

#[allow(clippy::module_inception, reason = "the block that joins the others has the folder's name")]
mod flash_lane;
mod lane_command_merger;
mod page_encoder;
mod record_assembler;
mod record_decoder;
mod record_receiver;

pub use flash_lane::FlashLane;
pub use lane_command_merger::{LaneCommandMerger, MergingState};
pub use page_encoder::PageEncoder;
pub use record_assembler::RecordAssembler;
pub use record_decoder::RecordDecoder;
pub use record_receiver::RecordReceiver;
