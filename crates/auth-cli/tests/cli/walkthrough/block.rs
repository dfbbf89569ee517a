//! The blocks of a document that a person would type, and what they would see.

/// One fence of ```` ```console ````.
#[derive(Debug)]
pub(super) struct Block {
    /// The heading above, and the line of the fence.
    pub(super) name: String,
    /// Programs that it needs besides `authctl` and POSIX's.
    pub(super) needs: Vec<String>,
    pub(super) steps: Vec<Step>,
}

/// A command, and what comes of it.
#[derive(Debug, Default)]
pub(super) struct Step {
    /// Its lines, each with an end.
    pub(super) command: String,
    /// What it prints, in snapbox's patterns.
    pub(super) expected: String,
    pub(super) code: i32,
}

const FENCE: &str = "```";

/// The blocks in their order.
///
/// `$ ` begins a command and `> ` goes on with it, as a shell's prompts do; `? 3` is its exit code, where that is not 0. All else
/// is what it prints.
pub(super) fn blocks(document: &str) -> Vec<Block> {
    let (mut all, mut heading) = (Vec::new(), "");
    let mut lines = document.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if let Some(text) = line.strip_prefix('#') {
            heading = text.trim_start_matches('#').trim();
        }
        let Some(info) = line.strip_prefix(FENCE) else { continue };
        let inside = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != FENCE);
        let inside: Vec<_> = inside.collect();
        let mut words = info.split_whitespace();
        if words.next() == Some("console") {
            let needs =
                words.flat_map(|word| word.strip_prefix("needs=").expect("`needs=` is all that there is").split(','));
            let name = format!("{heading}, line {}", number + 1);
            all.push(Block { name, needs: needs.map(str::to_owned).collect(), steps: steps(&inside) });
        }
    }
    all
}

fn steps(lines: &[&str]) -> Vec<Step> {
    let mut all: Vec<Step> = Vec::new();
    for line in lines {
        if let Some(command) = line.strip_prefix("$ ") {
            all.push(Step { command: format!("{command}\n"), ..Step::default() });
            continue;
        }
        let step = all.last_mut().expect("a block begins with a command");
        let nothing_yet = step.expected.is_empty();
        if let Some(more) = line.strip_prefix('>').filter(|_| nothing_yet && step.code == 0) {
            step.command += more.strip_prefix(' ').unwrap_or(more);
            step.command.push('\n');
        } else if let Some(code) = line.strip_prefix("? ").filter(|_| nothing_yet) {
            step.code = code.parse().expect("an exit code follows `? `");
        } else {
            step.expected += line;
            step.expected.push('\n');
        }
    }
    all
}

#[test]
fn a_block_is_read_as_it_would_be_typed() {
    let document = "# Top\n```sh\n$ not this\n```\n## Names\ntext\n```console needs=bash,fish\n$ one \\\n>   two\n? 3\nerror: it\n> failed\n$ three\n```\n";
    let blocks = blocks(document);
    let [block] = blocks.as_slice() else { panic!("{blocks:?}") };
    assert_eq!((block.name.as_str(), block.needs.join(" ").as_str()), ("Names, line 7", "bash fish"));
    let steps: Vec<_> = block.steps.iter().map(|step| (&*step.command, step.code, &*step.expected)).collect();
    assert_eq!(steps, [("one \\\n  two\n", 3, "error: it\n> failed\n"), ("three\n", 0, "")]);
}
