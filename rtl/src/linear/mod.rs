//! Regular linear logic: any matrix over the field of two elements as a circuit.
//!
//! CRCs, syndromes, multiplications by a constant of a Galois field are all of this kind. A matrix is given as columns,
//! one word for each bit of the input; the kernel adds those whose bit is set. Bits of the result which need the same few
//! inputs share their exclusive or: neighbouring inputs in fours, or the fours that most bits need.

pub(crate) mod crc32;
mod factored_linear_map;
mod linear_map;
mod pipelined_linear_map;

pub use factored_linear_map::FactoredLinearMap;
pub use linear_map::LinearMap;
pub use pipelined_linear_map::PipelinedLinearMap;
