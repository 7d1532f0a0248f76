import { shortened } from '../runtime/shortened.ts';

const MAX_NAME_LENGTH = 120;
const MAX_LIST_LENGTH = 16;

/** A name from a file for an error message: quoted, escaped and shortened. */
export function quoteName(name: string): string {
  return JSON.stringify(shortName(name));
}

/** A name from a file, shortened. */
export function shortName(name: string): string {
  return shortened(name, MAX_NAME_LENGTH);
}

/** A list of numbers from a file for an error message, for example the shape of a tensor. */
export function listText(numbers: readonly number[]): string {
  const shown = numbers.slice(0, MAX_LIST_LENGTH).join(', ');
  return numbers.length <= MAX_LIST_LENGTH ? `[${shown}]` : `[${shown}, ... ${numbers.length} in all]`;
}
