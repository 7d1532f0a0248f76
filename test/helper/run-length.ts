/** Whether the tests run in full (`npm run test:long`), not in the short form that is part of `npm test`. */
export const LONG = process.env.TEST_LENGTH === 'long';

/** Picks the number of repetitions for the form that runs. */
export function repetitions(long: number, short: number): number {
  return LONG ? long : short;
}
