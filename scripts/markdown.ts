/** An item of a document and its line, from 1. */
export interface Placed {
  readonly line: number;
  readonly text: string;
}

export interface MarkdownDocument {
  /** The targets of its links. */
  readonly links: readonly Placed[];
  /** The anchors of its headings, as on GitHub. */
  readonly anchors: ReadonlySet<string>;
  /** The numbers of its rules: of paragraphs that begin `**12. Name.**`, and the first cells of tables headed `#`. */
  readonly rules: readonly Placed[];
  /** Its lines; those of code blocks are empty. */
  readonly lines: readonly string[];
}

const LINK = /\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g;

export function parseMarkdown(text: string): MarkdownDocument {
  const lines = withoutCode(text.split('\n'));
  const links: Placed[] = [];
  const rules: Placed[] = [];
  const anchors = new Set<string>();
  let isRuleTable = false;
  for (const [index, content] of lines.entries()) {
    const line = index + 1;
    for (const [, target] of content.matchAll(LINK)) links.push({ line, text: target! });
    const heading = /^#{1,6}\s+(.*?)\s*#*$/.exec(content);
    if (heading !== null) anchors.add(freeAnchor(heading[1]!, anchors));
    isRuleTable = /^\| *# *\|/.test(content) || (isRuleTable && content.startsWith('|'));
    const rule = /^\*\*(\d+)\. /.exec(content) ?? (isRuleTable ? /^\| *(\d+) *\|/.exec(content) : null);
    if (rule !== null) rules.push({ line, text: rule[1]! });
  }
  return { links, anchors, rules, lines };
}

function withoutCode(lines: readonly string[]): string[] {
  let fence: string | undefined;
  return lines.map((line) => {
    const mark = /^ {0,3}(```+|~~~+)/.exec(line)?.[1];
    const isCode = fence !== undefined || mark !== undefined;
    if (mark !== undefined) fence = fence === undefined ? mark : line.trim() === fence ? undefined : fence;
    return isCode ? '' : line;
  });
}

/** Lower case, without punctuation, `-` for spaces; a repeated heading gets a number. */
function freeAnchor(heading: string, taken: ReadonlySet<string>): string {
  const anchor = heading
    .toLowerCase()
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[^\p{L}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-');
  for (let count = 0; ; count++) {
    const candidate = count === 0 ? anchor : `${anchor}-${count}`;
    if (!taken.has(candidate)) return candidate;
  }
}
