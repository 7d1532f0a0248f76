import ts from 'typescript';

/** A comment of a source file. */
export interface Comment {
  /** Line of its first character, from 1. */
  readonly line: number;
  readonly text: string;
}

/** All comments of a TypeScript or JavaScript file, in order, without text in strings and templates. */
export function commentsOf(path: string, text: string): Comment[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  const ranges = new Map<number, ts.CommentRange>();
  const collect = (found: readonly ts.CommentRange[] | undefined) => {
    for (const range of found ?? []) ranges.set(range.pos, range);
  };

  function visit(node: ts.Node): void {
    const children = node.getChildren(source);
    // Text of JSX is not a comment.
    if (children.length === 0 && node.kind !== ts.SyntaxKind.JsxText) {
      collect(ts.getLeadingCommentRanges(text, node.getFullStart()));
      collect(ts.getTrailingCommentRanges(text, node.getEnd()));
    }
    for (const child of children) visit(child);
  }
  visit(source);

  return [...ranges.values()]
    .sort((a, b) => a.pos - b.pos)
    .map(({ pos, end }) => ({
      line: source.getLineAndCharacterOfPosition(pos).line + 1,
      text: text.slice(pos, end),
    }));
}
