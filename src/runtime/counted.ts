const NUMBERS = new Intl.NumberFormat('en-US');

/** A number with its noun, for a sentence: "1 lot", "2,500 lots". */
export function counted(count: number, noun: string): string {
  return `${NUMBERS.format(count)} ${noun}${count === 1 ? '' : 's'}`;
}
