//! JSON as a tree of its own spellings, which can be written in other ways.

/// A JSON value. Literals keep their spelling.
#[derive(Clone)]
enum Node {
    Object(Vec<(String, Node)>),
    Array(Vec<Node>),
    Text(String),
    Literal(String),
}

/// A way to write JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Style {
    pub(super) layout: Layout,
    pub(super) escapes: Escapes,
    pub(super) slashes: Slashes,
    pub(super) sorted: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    Compact,
    /// `, ` and `: `, as Python writes by default.
    Spaced,
    Indented(&'static str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escapes {
    Keep,
    /// `\u00fc` for every character that is not ASCII.
    All,
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slashes {
    Keep,
    Escaped,
    Plain,
}

impl Style {
    /// All styles, the frequent ones first.
    pub(super) fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for sorted in [false, true] {
            for escapes in [Escapes::Keep, Escapes::All, Escapes::None] {
                for slashes in [Slashes::Keep, Slashes::Escaped, Slashes::Plain] {
                    for layout in [
                        Layout::Compact,
                        Layout::Spaced,
                        Layout::Indented("  "),
                        Layout::Indented("    "),
                        Layout::Indented("\t"),
                    ] {
                        all.push(Self { layout, escapes, slashes, sorted });
                    }
                }
            }
        }
        all
    }

    /// The style in words.
    pub(super) fn words(self) -> Vec<&'static str> {
        let mut words = vec![match self.layout {
            Layout::Compact => "without white space",
            Layout::Spaced => "with a blank after each comma and colon",
            Layout::Indented("\t") => "indented with tabs",
            Layout::Indented("  ") => "indented with two blanks",
            Layout::Indented(_) => "indented with four blanks",
        }];
        match self.escapes {
            Escapes::Keep => {}
            Escapes::All => words.push("with escapes for all characters that are not ASCII"),
            Escapes::None => words.push("without escapes for characters that are not ASCII"),
        }
        match self.slashes {
            Slashes::Keep => {}
            Slashes::Escaped => words.push("with escaped slashes"),
            Slashes::Plain => words.push("without escaped slashes"),
        }
        if self.sorted {
            words.push("with sorted keys");
        }
        words
    }
}

/// A parsed document.
pub(super) struct Document(Node);

impl Document {
    /// `None` if this is not JSON, or nested too deeply.
    pub(super) fn parse(text: &str) -> Option<Self> {
        // Checks the grammar, so that the reader below can be simple. It is bounded to 128 levels.
        serde_json::from_str::<serde::de::IgnoredAny>(text).ok()?;
        let mut reader = Reader { text, at: 0 };
        reader.value(0).map(Self)
    }

    /// The same document with the members in the order of another one. `None` if that changes nothing.
    pub(super) fn ordered_like(&self, other: &Self) -> Option<Self> {
        let mut node = self.0.clone();
        order(&mut node, &other.0).then_some(Self(node))
    }

    /// Writes the document, or a part of it that is a little longer than `longest`.
    pub(super) fn write(&self, style: Style, longest: usize) -> String {
        let mut out = String::new();
        write(&self.0, style, (0, longest), &mut out);
        out
    }
}

/// Whether the order of any members changed.
fn order(node: &mut Node, like: &Node) -> bool {
    let (Node::Object(members), Node::Object(others)) = (node, like) else { return false };
    let names = |members: &[(String, Node)]| members.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    let before = names(members);
    let position = |name: &str| others.iter().position(|(other, _)| other == name).unwrap_or(others.len());
    members.sort_by_key(|(name, _)| position(name));
    let mut changed = before != names(members);
    for (name, value) in members {
        if let Some((_, other)) = others.iter().find(|(other, _)| other == name) {
            changed |= order(value, other);
        }
    }
    changed
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&mut self) -> Option<u8> {
        let rest = self.text.as_bytes().get(self.at..)?;
        let blanks = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        self.at = self.at.saturating_add(blanks);
        self.text.as_bytes().get(self.at).copied()
    }

    fn value(&mut self, depth: usize) -> Option<Node> {
        if depth > 130 {
            return None;
        }
        match self.peek()? {
            b'{' => {
                let mut members = Vec::new();
                self.at = self.at.saturating_add(1);
                while self.peek()? != b'}' {
                    let name = self.string()?;
                    self.peek()?;
                    self.at = self.at.saturating_add(1);
                    members.push((name, self.value(depth.saturating_add(1))?));
                    if self.peek()? == b',' {
                        self.at = self.at.saturating_add(1);
                    }
                }
                self.at = self.at.saturating_add(1);
                Some(Node::Object(members))
            }
            b'[' => {
                let mut items = Vec::new();
                self.at = self.at.saturating_add(1);
                while self.peek()? != b']' {
                    items.push(self.value(depth.saturating_add(1))?);
                    if self.peek()? == b',' {
                        self.at = self.at.saturating_add(1);
                    }
                }
                self.at = self.at.saturating_add(1);
                Some(Node::Array(items))
            }
            b'"' => self.string().map(Node::Text),
            _ => {
                let rest = self.text.get(self.at..)?;
                let end = rest.find([',', '}', ']', ' ', '\t', '\r', '\n']).unwrap_or(rest.len());
                self.at = self.at.saturating_add(end);
                rest.get(..end).map(|literal| Node::Literal(literal.to_owned()))
            }
        }
    }

    /// The content of a string, with its escapes.
    fn string(&mut self) -> Option<String> {
        self.peek()?;
        let start = self.at.saturating_add(1);
        let rest = self.text.get(start..)?;
        let mut escaped = false;
        let end = rest.bytes().position(|byte| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        })?;
        self.at = start.saturating_add(end).saturating_add(1);
        rest.get(..end).map(str::to_owned)
    }
}

fn write(node: &Node, style: Style, (depth, longest): (usize, usize), out: &mut String) {
    if out.len() > longest {
        return;
    }
    let (open, close, length) = match node {
        Node::Object(members) => ('{', '}', members.len()),
        Node::Array(items) => ('[', ']', items.len()),
        Node::Text(text) => return write_text(text, style, out),
        Node::Literal(literal) => return out.push_str(literal),
    };
    out.push(open);
    if length == 0 {
        return out.push(close);
    }
    let inside = depth.saturating_add(1);
    let separate = |out: &mut String, first: bool| {
        if out.len() > longest {
            return;
        }
        if !first {
            out.push(',');
        }
        match style.layout {
            Layout::Compact => {}
            Layout::Spaced if first => {}
            Layout::Spaced => out.push(' '),
            Layout::Indented(unit) => {
                out.push('\n');
                out.push_str(&unit.repeat(inside));
            }
        }
    };
    match node {
        Node::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            if style.sorted {
                members.sort_by(|(left, _), (right, _)| left.cmp(right));
            }
            for (index, (name, value)) in members.into_iter().enumerate() {
                separate(out, index == 0);
                write_text(name, style, out);
                out.push_str(if style.layout == Layout::Compact { ":" } else { ": " });
                write(value, style, (inside, longest), out);
            }
        }
        Node::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                separate(out, index == 0);
                write(item, style, (inside, longest), out);
            }
        }
        Node::Text(_) | Node::Literal(_) => {}
    }
    if let Layout::Indented(unit) = style.layout {
        out.push('\n');
        out.push_str(&unit.repeat(depth));
    }
    out.push(close);
}

fn write_text(text: &str, style: Style, out: &mut String) {
    out.push('"');
    let text = match style.escapes {
        Escapes::Keep | Escapes::All => text.to_owned(),
        Escapes::None => unescaped(text),
    };
    let text = match style.slashes {
        Slashes::Keep => text,
        Slashes::Plain => text.replace("\\/", "/"),
        Slashes::Escaped => text.replace("\\/", "/").replace('/', "\\/"),
    };
    for character in text.chars() {
        if style.escapes == Escapes::All && !character.is_ascii() {
            for unit in character.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(character);
        }
    }
    out.push('"');
}

/// Writes escapes of characters that are not ASCII as these characters. Others stay as they are.
fn unescaped(text: &str) -> String {
    let plain = format!("\"{text}\"");
    if !text.contains("\\u") {
        return text.to_owned();
    }
    let Ok(decoded) = serde_json::from_str::<String>(&plain) else { return text.to_owned() };
    // Escapes that JSON needs are written again.
    let Ok(written) = serde_json::to_string(&decoded) else { return text.to_owned() };
    written.trim_start_matches('"').strip_suffix('"').unwrap_or(text).to_owned()
}
