import { PaperdeskError } from '../errors.ts';
import { refusedCharacter } from '../runtime/plain-text.ts';

/** The longest texts about a package, in UTF-16 units, and how many tags it may have. */
export const LABEL_LIMITS = { name: 200, notes: 10_000, tag: 40, tags: 20 } as const;

const LINE_CHARACTERS = /[\t\n\r]/g;

/**
 * A name, a note or a tag as it is stored: in NFC, without spaces at its ends; it may be empty.
 * @throws VALIDATION for a character that could make it look like another text, and for one that is too long
 */
export function labelText(kind: 'name' | 'notes' | 'tag', text: string): string {
  const normal = text.normalize('NFC').trim();
  const refused = refusedCharacter(kind === 'notes' ? normal.replace(LINE_CHARACTERS, ' ') : normal);
  if (refused !== undefined) throw invalid(`${kind} has ${refused}; leave it out.`);
  const most = LABEL_LIMITS[kind];
  if (normal.length > most)
    throw invalid(`${kind} has ${normal.length} characters; at most ${most} are accepted.`);
  return normal;
}

/** A name, which is not empty. @throws VALIDATION */
export function nameText(text: string): string {
  const name = labelText('name', text);
  if (name === '') throw invalid('name is empty; give it at least one character.');
  return name;
}

/** Tags in the order given, each once, whatever its case. @throws VALIDATION */
export function tagTexts(texts: readonly string[]): string[] {
  const tags = new Map<string, string>();
  for (const text of texts) {
    const tag = labelText('tag', text);
    if (tag === '') throw invalid('a tag is empty; leave it out.');
    if (!tags.has(foldedText(tag))) tags.set(foldedText(tag), tag);
  }
  if (tags.size > LABEL_LIMITS.tags)
    throw invalid(`${tags.size} tags were given; at most ${LABEL_LIMITS.tags} are accepted.`);
  return [...tags.values()];
}

/** A text in the form in which texts are compared: case and compatible forms make no difference. */
export function foldedText(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

function invalid(sentence: string): PaperdeskError {
  return new PaperdeskError('VALIDATION', sentence);
}
