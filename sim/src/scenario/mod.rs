//! What a user runs: circuits, models and figures put together.

mod data_path;
pub mod striped_file;
