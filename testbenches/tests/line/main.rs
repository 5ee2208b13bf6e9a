//! The serial line: golden models against independent vectors, and the circuits, in the engine, against the golden models.

mod crc32_word;
mod vectors;
