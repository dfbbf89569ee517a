//! Files as people write them, and as they get them wrong. The same ones every time.

/// xorshift64.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 20) as usize % end
    }

    fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    /// Up to `most` pieces, one after the other.
    fn some(&mut self, most: usize, from: &[&str]) -> String {
        (0..self.below(most + 1)).map(|_| self.pick(from)).collect()
    }
}

const BLANKS: [&str; 6] = ["", "", "", " ", "\t", "  "];
/// What is no white space for us, and is for Python.
const OTHER_BLANKS: [&str; 3] = ["\u{a0}", "\u{2028}", "\u{3000}"];
const CONTROLS: [&str; 6] = ["\u{1}", "\r", "\u{b}", "\u{c}", "\u{7f}", "\u{85}"];
const TOKENS: [&str; 14] = [
    "t0k3n",
    "tok$en",
    "${HOME}",
    "$(id)",
    "50%off",
    "%(k)s",
    "a=b==",
    "C:\\new\\table",
    "a\\nb",
    "é",
    "“x”",
    "`x`",
    "https://h:1/p?a=b#c",
    "x.y-z_",
];
const COMMENTS: [&str; 5] = ["# x", "#", "#x = \"y", "# it's", "# é \\"];

/// A file in the `.env` format.
pub fn dotenv(random: &mut Random) -> String {
    file(random, dotenv_line)
}

/// A file in the INI format.
pub fn ini(random: &mut Random) -> String {
    let text = file(random, ini_line);
    let headed = text.trim_start_matches('\u{feff}').starts_with('[');
    if headed || random.percent(10) {
        text
    } else {
        text.replacen(text.trim_start_matches('\u{feff}'), &format!("[d]\n{}", text.trim_start_matches('\u{feff}')), 1)
    }
}

fn file(random: &mut Random, line: fn(&mut Random) -> String) -> String {
    let mut text = if random.percent(10) { "\u{feff}".to_owned() } else { String::new() };
    let ends: &[&str] = if random.percent(70) { &["\n"] } else { &["\r\n", "\r\n", "\n"] };
    for _ in 0..random.below(6) {
        text += &line(random);
        text += random.pick(ends);
    }
    if random.percent(20) {
        text += &line(random);
    }
    // Odd characters, each in few files, so that they hide no other difference.
    for (chance, odd) in [(4, &CONTROLS[..]), (6, &OTHER_BLANKS[..])] {
        if random.percent(chance) {
            let places: Vec<_> = text.char_indices().map(|(at, _)| at).skip(1).collect();
            let at = if places.is_empty() { text.len() } else { places[random.below(places.len())] };
            text.insert_str(at, random.pick(odd));
        }
    }
    text
}

fn dotenv_line(random: &mut Random) -> String {
    let indent = random.pick(&BLANKS);
    match random.below(100) {
        0..8 => format!("{indent}{}", random.pick(&COMMENTS)),
        8..14 => indent.to_owned(),
        14..17 => random
            .pick(&[
                "JUNK",
                "[default]",
                "A: b",
                "set A=1",
                "export A",
                "=x",
                "export",
                "<<<<<<< HEAD",
                "A",
                "A # x",
                "= # x",
            ])
            .to_owned(),
        _ => {
            let export = if random.percent(15) { random.pick(&["export ", "export\t", "export  "]) } else { "" };
            let key = match random.percent(5) {
                true => random.pick(&["1A", "\"A\"", "'A'", "A+B", "A B", "A[0]", "-A", ".A", "A#"]),
                false => random.pick(&["A", "B", "A", "TOKEN", "a.b", "a-b", "_x", "ключ", "exported", "export"]),
            };
            let (before, behind) = (random.pick(&BLANKS), random.pick(&BLANKS));
            format!("{indent}{export}{key}{before}={behind}{}", dotenv_value(random))
        }
    }
}

fn dotenv_value(random: &mut Random) -> String {
    const BARE: [&str; 9] = [" ", "\t", "#", " #", "\"", "'", "\\", "\\\"", "="];
    const INSIDE: [&str; 20] = [
        " ",
        "#",
        " # ",
        "\\n",
        "\\t",
        "\\\\",
        "\\\"",
        "\\'",
        "\\u0041",
        "\\x",
        "\\$",
        "\\a",
        "\\b\\f\\r\\v",
        "\n",
        "\nB=2\n",
        "\\\n",
        "$",
        "=",
        "\r\n",
        "\\\\n",
    ];
    let quote = match random.below(100) {
        0..45 => {
            let mut value = String::new();
            for _ in 0..random.below(4) {
                value += if random.percent(60) { random.pick(&TOKENS) } else { random.pick(&BARE) };
            }
            return value + random.pick(&BLANKS);
        }
        45..80 => '"',
        _ => '\'',
    };
    let other = if quote == '"' { "'" } else { "\"" };
    let mut value = quote.to_string();
    for _ in 0..random.below(5) {
        value += match random.below(10) {
            0..4 => random.pick(&TOKENS),
            4 => other,
            _ => random.pick(&INSIDE),
        };
    }
    if !random.percent(3) {
        value.push(quote);
    }
    let tail = if random.percent(4) {
        random.pick(&["x", " x", "\"\"", "''"])
    } else {
        random.pick(&["", "", "", " ", " # x", "#x", "\t#\""])
    };
    value + tail
}

fn ini_line(random: &mut Random) -> String {
    match random.below(100) {
        0..7 => format!("{}{}", random.pick(&BLANKS), random.pick(&["# x", "; x", "#", ";[y]", "# a = b"])),
        7..14 => random.pick(&BLANKS).to_owned(),
        14..34 => format!(
            "[{}]{}",
            random.pick(&["a", "b", "c", "d", "e", "A", "profile a", "é", " f ", "g:h", "DEFAULT"]),
            random.pick(&["", "", "", " "])
        ),
        34..40 => random
            .pick(&[
                "[]",
                "[ ]",
                "[[a]]",
                "[a]b]",
                "[a] x",
                "[a] # x",
                "[a",
                " [z]",
                "JUNK",
                "=v",
                ": v",
                "!include x",
                "  more",
                "\tk9 = v",
                "[a]=b",
                "[k = v",
            ])
            .to_owned(),
        _ => {
            let key = random.pick(&[
                "k",
                "l",
                "m",
                "n",
                "o",
                "p",
                "q",
                "K",
                "api_token",
                "a b",
                "Ä",
                "ä",
                "k#1",
                "\"k\"",
                "x.y",
            ]);
            let (before, behind) = (random.pick(&BLANKS), random.pick(&BLANKS));
            let delimiter = if random.percent(80) { "=" } else { ":" };
            let value = random.some(2, &TOKENS)
                + &random.some(2, &[" ", "\t", "#x", " #x", ";x", " ;x", "\"", "'", "\\", "=", ":", "\"x y\""]);
            format!("{key}{before}{delimiter}{behind}{value}{}", random.pick(&BLANKS))
        }
    }
}
