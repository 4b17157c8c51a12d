//! Makes text from a file safe to show on a terminal.

/// The text with its control characters replaced, which could otherwise control the terminal.
pub fn terminal_safe(text: &str) -> String {
    text.replace(char::is_control, "\u{FFFD}")
}
