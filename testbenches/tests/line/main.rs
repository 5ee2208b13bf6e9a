//! The serial line: what the circuits are compared with against independent vectors, and the circuits, in the engine, against it.

mod crc32_word;
mod vectors;
