//! Lines, indentation, ranges and literals.

use hardpath_netlist::Constant;

/// Where a line is broken if it can be.
const LINE_LENGTH: usize = 110;

/// Lines of Verilog at their indentation.
#[derive(Default)]
pub(super) struct Lines {
    text: String,
}

impl Lines {
    /// A line at a depth of `depth` times four blanks, broken at blanks where it is long.
    pub fn push(&mut self, depth: usize, line: &str) {
        let mut margin = depth * 4;
        let mut rest = line;
        while margin + rest.len() > LINE_LENGTH {
            let room = LINE_LENGTH - margin.min(LINE_LENGTH);
            let Some(split) = break_point(rest, room) else { break };
            self.raw(margin, &rest[..split]);
            rest = &rest[split + 1..];
            margin = depth * 4 + 4;
        }
        self.raw(margin, rest);
    }

    /// A line that is never broken, such as a comment.
    pub fn unbroken(&mut self, depth: usize, line: &str) {
        self.raw(depth * 4, line);
    }

    fn raw(&mut self, margin: usize, line: &str) {
        if !line.is_empty() {
            self.text.extend(std::iter::repeat_n(' ', margin));
            self.text.push_str(line.trim_end());
        }
        self.text.push('\n');
    }

    /// An empty line, unless the text is empty or ends in one.
    pub fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// Another text below this one, with an empty line between.
    pub fn section(&mut self, other: Lines) {
        if !other.text.is_empty() {
            self.gap();
            self.text.push_str(&other.text);
        }
    }

    /// Another text right below this one.
    pub fn append(&mut self, other: Lines) {
        self.text.push_str(&other.text);
    }

    pub fn into_text(self) -> String {
        self.text
    }
}

/// The blank at which to break a line that has room for `room` bytes: outside as many brackets as can be, and late. A blank
/// in the first half of the room counts only if there is no other.
fn break_point(line: &str, room: usize) -> Option<usize> {
    let mut depth = 0;
    let mut best: Option<(bool, i32, usize)> = None;
    for (index, byte) in line.bytes().enumerate() {
        match byte {
            b'(' | b'{' | b'[' => depth += 1,
            b')' | b'}' | b']' => depth -= 1,
            b' ' if index > room => return best.map(|(_, _, index)| index).or(Some(index)),
            b' ' if index > 0 => best = best.max(Some((index >= room / 2, -depth, index))),
            _ => {}
        }
    }
    best.map(|(_, _, index)| index)
}

/// `[7:0] ` for eight bits, nothing for one.
pub(super) fn range(width: u32) -> String {
    if width == 1 { String::new() } else { format!("[{}:0] ", width - 1) }
}

/// A sized literal: single bits in binary, small numbers in decimal, others in hexadecimal.
pub(super) fn literal(constant: &Constant) -> String {
    let width = constant.width();
    match constant.to_u64() {
        Some(value) if width == 1 => format!("1'b{value}"),
        Some(value) if value < 1000 => format!("{width}'d{value}"),
        _ => format!("{width}'h{:x}", constant.value()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_carry_their_width() {
        assert_eq!(literal(&Constant::bit(true)), "1'b1");
        assert_eq!(literal(&Constant::new(12, 999u32)), "12'd999");
        assert_eq!(literal(&Constant::new(12, 1000u32)), "12'h3e8");
        assert_eq!(literal(&Constant::ones(68)), "68'hfffffffffffffffff");
    }

    #[test]
    fn long_lines_break_at_blanks_and_nowhere_else() {
        let line = (0..60).map(|index| format!("signal_{index}")).collect::<Vec<_>>().join(" ^ ");
        let mut lines = Lines::default();
        lines.push(1, &line);
        let text = lines.into_text();
        assert!(text.lines().all(|line| line.len() <= LINE_LENGTH), "{text}");
        assert_eq!(text.split_whitespace().collect::<Vec<_>>().join(" "), line);
        let mut lines = Lines::default();
        let word = "x".repeat(300);
        lines.push(0, &word);
        assert_eq!(lines.into_text().trim(), word);
    }
}
