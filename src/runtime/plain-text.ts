/** Controls, half characters, and what changes the direction of the text around it or cannot be seen. */
const REFUSED = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061C\u200B\u200E\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF]/u;

/**
 * The first character of a text that could make it look like another text, in words: "the character U+202E at position 3".
 * Undefined if there is none.
 */
export function refusedCharacter(text: string): string | undefined {
  const refused = REFUSED.exec(text);
  if (refused === null) return undefined;
  const code = refused[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
  return `the character U+${code} at position ${refused.index + 1}`;
}
