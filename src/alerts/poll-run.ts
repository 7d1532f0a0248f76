import { MINUTE_MS } from '../candle.ts';

/** A run of polls of an account without a long pause. */
export interface PollRun {
  /** Number of polls in the run. */
  readonly polls: number;
  /** Usual time between polls, ms: the longest recent one; older ones count less and less. */
  readonly intervalMs: number;
  /** ms since the epoch. */
  readonly lastPollAt: number;
}

/** A loop polls at least once an hour; a longer pause starts a new run. */
const MAX_GAP_MS = 65 * MINUTE_MS;
/** Fewer polls may be manual. */
const MIN_LOOP_POLLS = 5;
const SILENT_INTERVALS = 3;
const MIN_SILENCE_MS = 5 * MINUTE_MS;
/** Per poll, by which an earlier, longer interval shrinks. */
const DECAY = 0.75;

/** The run with one more poll. @param at ms since the epoch */
export function afterPoll(run: PollRun | undefined, at: number): PollRun {
  const gap = run === undefined ? Number.POSITIVE_INFINITY : at - run.lastPollAt;
  if (run === undefined || gap < 0 || gap > MAX_GAP_MS) return { polls: 1, intervalMs: 0, lastPollAt: at };
  const intervalMs = Math.round(Math.max(gap, run.intervalMs * DECAY));
  return { polls: run.polls + 1, intervalMs, lastPollAt: at };
}

/** Whether the run is long enough that a missing poll is unexpected. */
export function isLoop({ polls }: PollRun): boolean {
  return polls >= MIN_LOOP_POLLS;
}

/** How long a loop may be silent, in ms: three intervals, at least five minutes. */
export function silenceLimitMs({ intervalMs }: PollRun): number {
  return Math.max(MIN_SILENCE_MS, SILENT_INTERVALS * intervalMs);
}
