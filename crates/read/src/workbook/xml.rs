//! Reads the XML of a workbook part, event by event.

use std::io::{self, BufRead, BufReader, Read};

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use crate::container_error::ContainerError;

/// The most bytes of one event: a cell contains up to 32,767 characters (ECMA-376 part 1, annex on application limits).
const MAX_EVENT: usize = 1 << 20;
/// The deepest nesting of elements; those of a sheet are seven deep.
const MAX_DEPTH: usize = 64;
/// The longest attribute that is used: a path, a format, a cell reference.
const MAX_ATTRIBUTE: usize = 4_096;

/// A reader of XML with limits on events and nesting.
pub(crate) struct Xml<R> {
    reader: Reader<EventLimit<BufReader<R>>>,
    buffer: Vec<u8>,
    depth: usize,
}

impl<R: Read> Xml<R> {
    pub(crate) fn new(part: R) -> Xml<R> {
        let inner = BufReader::with_capacity(1 << 16, part);
        let mut reader = Reader::from_reader(EventLimit { inner, left: MAX_EVENT });
        reader.config_mut().allow_dangling_amp = true;
        Xml { reader, buffer: Vec::new(), depth: 0 }
    }

    /// The next event.
    ///
    /// # Errors
    /// [`ContainerError::Damaged`] when the bytes are not XML, [`ContainerError::TooLarge`], or the disk's.
    pub(crate) fn next(&mut self) -> io::Result<Event<'_>> {
        self.buffer.clear();
        self.reader.get_mut().left = MAX_EVENT;
        let event = self.reader.read_event_into(&mut self.buffer).map_err(|error| match error {
            quick_xml::Error::Io(error) => match ContainerError::in_io_error(&error) {
                Some(reason) => reason.clone().into(),
                None => io::Error::new(error.kind(), error),
            },
            _ => ContainerError::Damaged.into(),
        })?;
        match &event {
            Event::Start(_) if self.depth == MAX_DEPTH => return Err(ContainerError::TooLarge.into()),
            Event::Start(_) => self.depth += 1,
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        Ok(event)
    }
}

/// Appends the text of an event.
pub(crate) fn add_text(text: &mut String, event: &Event<'_>) -> io::Result<()> {
    match event {
        Event::Text(part) => text.push_str(part),
        Event::CData(part) => text.push_str(part),
        Event::GeneralRef(part) => match &**part {
            "amp" => text.push('&'),
            "lt" => text.push('<'),
            "gt" => text.push('>'),
            "quot" => text.push('"'),
            "apos" => text.push('\''),
            _ => text.extend(part.resolve_char_ref().ok().flatten()),
        },
        _ => {}
    }
    if text.len() > MAX_EVENT {
        return Err(ContainerError::TooLarge.into());
    }
    Ok(())
}

/// The value of an attribute by its local name; `None` also when it is too long.
pub(crate) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = element.attributes();
    let attributes = attributes.with_checks(false).filter_map(Result::ok);
    let mut found = attributes.filter(|attribute| attribute.key.local_name().as_ref() == name);
    found
        .next()
        .filter(|attribute| attribute.value.len() <= MAX_ATTRIBUTE)
        .and_then(|attribute| attribute.normalized_value(XmlVersion::default()).ok())
        .map(std::borrow::Cow::into_owned)
}

/// A reader with a limit on the bytes of one event, since each event is read into memory as a whole.
struct EventLimit<R> {
    inner: R,
    left: usize,
}

impl<R: BufRead> BufRead for EventLimit<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(ContainerError::TooLarge.into());
        }
        let bytes = self.inner.fill_buf()?;
        Ok(&bytes[..bytes.len().min(self.left)])
    }

    fn consume(&mut self, count: usize) {
        self.left -= count;
        self.inner.consume(count);
    }
}

impl<R: BufRead> Read for EventLimit<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}
