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

/** The polls that one node got in a short time; the other nodes may have got polls in between. */
export interface PollSpan extends PollRun {
  readonly firstPollAt: number;
}

/** A loop polls at least once an hour; a longer pause starts a new run. */
const MAX_GAP_MS = 65 * MINUTE_MS;
/** Nodes store their polls a little later, and not in the order of time. Polls that are older come from a changed clock. */
const MAX_LATE_MS = MINUTE_MS;
/** Fewer polls may be manual. */
const MIN_LOOP_POLLS = 5;
const SILENT_INTERVALS = 3;
const MIN_SILENCE_MS = 5 * MINUTE_MS;
/** Per poll, by which an earlier, longer interval shrinks. */
const DECAY = 0.75;

/** A span of one poll. @param at ms since the epoch */
export function pollAt(at: number): PollSpan {
  return { polls: 1, intervalMs: 0, firstPollAt: at, lastPollAt: at };
}

/** The run with the polls of a span after it. */
export function afterPolls(run: PollRun | undefined, span: PollSpan): PollRun {
  const gap = run === undefined ? Number.POSITIVE_INFINITY : span.firstPollAt - run.lastPollAt;
  if (run === undefined || gap < -MAX_LATE_MS || gap > MAX_GAP_MS)
    return { polls: span.polls, intervalMs: span.intervalMs, lastPollAt: span.lastPollAt };
  const before = Math.max(gap, run.intervalMs * DECAY) * DECAY ** (span.polls - 1);
  return {
    polls: run.polls + span.polls,
    intervalMs: Math.round(Math.max(span.intervalMs, before)),
    lastPollAt: Math.max(run.lastPollAt, span.lastPollAt),
  };
}

/** A span with the polls of a later one. */
export function joinSpans(span: PollSpan | undefined, later: PollSpan): PollSpan {
  if (span === undefined) return later;
  const { polls, intervalMs, lastPollAt } = afterPolls(span, later);
  const firstPollAt = Math.min(span.firstPollAt, later.firstPollAt);
  return { polls, intervalMs, firstPollAt, lastPollAt };
}

/** Whether the run is long enough that a missing poll is unexpected. */
export function isLoop({ polls }: PollRun): boolean {
  return polls >= MIN_LOOP_POLLS;
}

/** How long a loop may be silent, in ms: three intervals, at least five minutes. */
export function silenceLimitMs({ intervalMs }: PollRun): number {
  return Math.max(MIN_SILENCE_MS, SILENT_INTERVALS * intervalMs);
}
