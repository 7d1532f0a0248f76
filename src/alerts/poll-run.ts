/** How an account has been polled lately: an unbroken run of polls. */
export interface PollRun {
  /** How many polls the run has. */
  readonly polls: number;
  /** Time between polls, ms: the longest of late, older ones counting less and less. */
  readonly intervalMs: number;
  /** ms since the epoch. */
  readonly lastPollAt: number;
}

const MINUTE_MS = 60_000;
/** A loop polls once an hour at least; after a longer silence a new run begins. */
const LONGEST_GAP_MS = 65 * MINUTE_MS;
/** Fewer polls may be somebody who tries the service by hand. */
const POLLS_OF_A_LOOP = 5;
const SILENT_INTERVALS = 3;
const LEAST_SILENCE_MS = 5 * MINUTE_MS;
const FADING = 0.75;

/** The run with one more poll at `at` (ms). */
export function afterPoll(run: PollRun | undefined, at: number): PollRun {
  const gap = run === undefined ? Number.POSITIVE_INFINITY : at - run.lastPollAt;
  if (run === undefined || gap < 0 || gap > LONGEST_GAP_MS)
    return { polls: 1, intervalMs: 0, lastPollAt: at };
  const intervalMs = Math.round(Math.max(gap, run.intervalMs * FADING));
  return { polls: run.polls + 1, intervalMs, lastPollAt: at };
}

/** Whether so many polls came so regularly that the next is missed when it does not come. */
export function isLoop({ polls }: PollRun): boolean {
  return polls >= POLLS_OF_A_LOOP;
}

/** The silence, in ms, after which a loop has stopped: three intervals, five minutes at least. */
export function longestSilence({ intervalMs }: PollRun): number {
  return Math.max(LEAST_SILENCE_MS, SILENT_INTERVALS * intervalMs);
}
