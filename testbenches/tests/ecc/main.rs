//! BCH codes: the golden model against independent vectors, and the circuits, in the engine, against the golden model.

mod bench;
mod codes;
mod decoder;
mod encoder;
mod record_corrector;
mod vectors;
