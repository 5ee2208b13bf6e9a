//! The serial line: what the circuits are compared with against independent vectors, and the circuits, in the engine, against it.

mod comma_aligner;
mod crc32_word;
mod elastic_buffer;
mod frame_scrambler;
mod line_code;
mod line_model;
mod vectors;
mod word_synchronizer;
