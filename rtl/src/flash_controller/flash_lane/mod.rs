//! A flash lane with its error correction: records on one side, pins on the other.

mod codeword_checker;
mod correction_port;
#[allow(clippy::module_inception, reason = "the block that joins the others has the folder's name")]
mod flash_lane;
mod lane_command_merger;
mod page_encoder;
mod record_assembler;
mod record_corrector;
mod record_mender;
mod record_receiver;
mod syndrome_queue;

pub use codeword_checker::CodewordChecker;
pub use correction_port::{CorrectionSink, CorrectionSource};
pub use flash_lane::FlashLane;
pub use lane_command_merger::{LaneCommandMerger, MergingState};
pub use page_encoder::PageEncoder;
pub use record_assembler::RecordAssembler;
pub use record_corrector::RecordCorrector;
pub use record_mender::{MendingState, RecordMender};
pub use record_receiver::RecordReceiver;
pub use syndrome_queue::{OfferingState, QueueingState, SyndromeQueue};
