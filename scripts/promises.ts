/** A promise of a document, and the files of the tests that fail if it is broken. */
export interface Promised {
  readonly promise: string;
  readonly tests: readonly string[];
}

/** The rows of the tables of a document whose last column is `test`. */
export function promisesOf(markdown: string): Promised[] {
  const found: Promised[] = [];
  let isListing = false;
  for (const line of markdown.split('\n')) {
    const cells = line.startsWith('|') ? line.split('|').slice(1, -1) : undefined;
    const last = cells?.at(-1)?.trim();
    if (last === undefined) isListing = false;
    else if (last === 'test') isListing = true;
    else if (isListing && !/^-+$/.test(last)) {
      const tests = Array.from(last.matchAll(/`([^`]+)`/g), ([, path]) => path!);
      found.push({ promise: cells!.slice(0, -1).join('|').trim(), tests });
    }
  }
  return found;
}
