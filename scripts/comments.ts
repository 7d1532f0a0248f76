import { parseSync } from 'vite';

/** A comment of a source file. */
export interface Comment {
  /** Line of its first character, from 1. */
  readonly line: number;
  readonly text: string;
}

/** All comments of a TypeScript or JavaScript file, in order, without text in strings, templates and JSX. */
export function commentsOf(path: string, text: string): Comment[] {
  let line = 1;
  let counted = 0;
  return parseSync(path, text).comments.map(({ start, end }) => {
    line += text.slice(counted, start).split('\n').length - 1;
    counted = start;
    return { line, text: text.slice(start, end) };
  });
}
