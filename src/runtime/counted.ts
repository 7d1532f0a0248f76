const NUMBERS = new Intl.NumberFormat('en-US');

/** A count with its noun, for people: `1 day`, `2 days`, `12,345 rows`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${NUMBERS.format(count)} ${count === 1 ? noun : plural}`;
}
