//! Text of a file that may be shown on a terminal.

/// The text with control characters replaced: in a file's text they could steer a terminal.
pub fn terminal_safe(text: &str) -> String {
    text.replace(char::is_control, "\u{FFFD}")
}
