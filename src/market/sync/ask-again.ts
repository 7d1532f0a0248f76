/** When the exchange was last asked about something it gave no good answer to, in ms, and how often it was. */
export interface Asked {
  readonly askedAt: number;
  readonly asks: number;
}

const LONGEST_PAUSE_MS = 24 * 60 * 60_000;

/** Whether to ask once more at `now` (ms): after one `step`, then two, four... but at least once a day. */
export function isDueAgain({ askedAt, asks }: Asked, step: number, now: number): boolean {
  return asks === 0 || now - askedAt >= Math.min(step * 2 ** (asks - 1), LONGEST_PAUSE_MS);
}
