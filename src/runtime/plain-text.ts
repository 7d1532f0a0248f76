/** Controls, half characters, and what changes the direction of the text around it or cannot be seen. */
const REFUSED =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u00AD\u061C\u115F\u1160\u17B4\u17B5\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\u2800\u3164\uFEFF\uFFA0\uFFF9-\uFFFB\u{1D173}-\u{1D17A}\u{E0000}-\u{E0FFF}]|\u034F/u;
/** Marks that stand on nothing, or so many on each other that they cover the lines above: no script has more than a few. */
const MARKS = /^\p{M}|(?<=\p{Mn}{8})\p{Mn}/u;

/**
 * The first character of a text that could make it look like another text, in words: "the character U+202E at position 3".
 * Undefined if there is none.
 */
export function refusedCharacter(text: string): string | undefined {
  const refused = REFUSED.exec(text) ?? MARKS.exec(text);
  if (refused === null) return undefined;
  const code = refused[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
  return `the character U+${code} at position ${refused.index + 1}`;
}

const EVERY_REFUSED = new RegExp(REFUSED, 'gu');

/** A text with its controls and invisible characters written out, for a terminal: `\\u{1b}`. */
export function visibleText(text: string): string {
  return text.replace(EVERY_REFUSED, (found) => `\\u{${found.codePointAt(0)!.toString(16)}}`);
}
