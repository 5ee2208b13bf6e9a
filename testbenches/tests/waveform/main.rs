//! Waveform files, read back by an independent reader.

mod design;
mod failures;
mod read_back;
mod reader;
mod save_file;
mod selection;
mod simulator;
