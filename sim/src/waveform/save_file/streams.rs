//! Finding the nets that make up a stream interface, by their names.

use crate::waveform::Variable;

/// The wires of a stream, in the order in which they are shown.
const WIRES: [&str; 4] = ["valid", "ready", "data", "last"];

/// The nets behind one name.
pub(super) struct Stream<'a> {
    pub name: &'a str,
    pub variables: Vec<&'a Variable>,
}

/// Separates streams from single nets. A stream has `valid` and at least one more wire behind the same name.
pub(super) fn gather<'a>(variables: &[&'a Variable]) -> (Vec<Stream<'a>>, Vec<&'a Variable>) {
    let mut streams: Vec<Stream<'a>> = Vec::new();
    for variable in variables {
        if let Some((name, "valid")) = stream_wire(&variable.name) {
            let wires = WIRES.iter().filter_map(|wire| {
                variables.iter().copied().find(|other| stream_wire(&other.name) == Some((name, *wire)))
            });
            let wires: Vec<&Variable> = wires.collect();
            if wires.len() > 1 {
                streams.push(Stream { name, variables: wires });
            }
        }
    }
    let single = variables.iter().copied().filter(|variable| {
        !stream_wire(&variable.name).is_some_and(|(name, _)| streams.iter().any(|stream| stream.name == name))
    });
    let single = single.collect();
    (streams, single)
}

/// Stream and wire of a net's name: `strip_valid` is the `valid` of `strip`.
fn stream_wire(name: &str) -> Option<(&str, &str)> {
    let (stream, wire) = name.rsplit_once('_')?;
    WIRES.contains(&wire).then_some((stream, wire))
}
