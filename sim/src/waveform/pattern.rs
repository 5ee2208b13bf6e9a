//! Patterns over hierarchical names.

/// Whether `pattern` matches the whole of `name`: `*` stands for any characters, dots included, `?` for exactly one.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.as_bytes(), name.as_bytes());
    let (mut at, mut position) = (0, 0);
    // Where to resume when the characters taken by the latest star turn out to be too few.
    let mut resume: Option<(usize, usize)> = None;
    while position < name.len() {
        match pattern.get(at) {
            Some(b'*') => {
                resume = Some((at + 1, position));
                at += 1;
            }
            Some(&expected) if expected == b'?' || expected == name[position] => {
                at += 1;
                position += 1;
            }
            _ => match resume {
                Some((after_star, taken)) => {
                    at = after_star;
                    position = taken + 1;
                    resume = Some((after_star, taken + 1));
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|rest| *rest == b'*')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn stars_span_levels_and_question_marks_one_character() {
        assert!(matches("*.valid", "writer.engine.valid"));
        assert!(matches("lane_?.valid", "lane_3.valid"));
        assert!(matches("*", ""));
        assert!(matches("a*b*c", "a.b.b.c"));
        assert!(!matches("lane_?.valid", "lane_10.valid"));
        assert!(!matches("*.valid", "valid"));
        assert!(!matches("writer", "writer.engine"));
        assert!(!matches("a*b", "a.b.c"));
    }
}
