/** Whether the suites run in full (`npm run test:hostile`) or in the short form that is part of `npm test`. */
export const LONG = process.env.HOSTILE === 'long';

/** One of two amounts, by the form. */
export function amount(long: number, short: number): number {
  return LONG ? long : short;
}

/** Says what a suite has done, in a line of its own that is easy to find. */
export function report(suite: string, figures: Readonly<Record<string, string | number>>): void {
  const text = Object.entries(figures).map(([name, value]) => `${name} ${value}`);
  process.stdout.write(`hostile: ${suite}: ${text.join(', ')}\n`);
}
