import type { AccountPipeline } from '../../../data/pipeline.ts';
import { DAY_MS, instantOf, MINUTE_MS, timeframeMs } from '../../../format/time.ts';
import type { Query } from '../../../views.ts';

/** Ranges to choose from. `all`: from the start of the run. */
export const RANGES = [
  { id: '1d', label: '1 d', ms: DAY_MS },
  { id: '3d', label: '3 d', ms: 3 * DAY_MS },
  { id: '7d', label: '7 d', ms: 7 * DAY_MS },
  { id: 'all', label: 'All', ms: undefined },
] as const;

export type RangeId = (typeof RANGES)[number]['id'];

/** What the address says about the chart. */
export interface ChartAddress {
  /** Length of a candle, for example `1h`; that of the range unless chosen. */
  readonly tf: string | undefined;
  readonly range: RangeId | undefined;
  /** An instant to show, ms since the epoch; the newest candles unless given. */
  readonly at: number | undefined;
}

/** The part of the run that the chart shows at first. Times in ms since the epoch. */
export interface ChartView {
  readonly timeframe: string;
  readonly stepMs: number;
  /** The chosen range; undefined for the newest 14 days of a longer run. */
  readonly range: RangeId | undefined;
  readonly from: number;
  /** Includes the future that is in view. */
  readonly to: number;
  /** Candles from here on are loaded at first. */
  readonly loadFrom: number;
  /** Candles that open before this are loaded; the newest unless given. */
  readonly loadTo: number | undefined;
}

/** Lengths of candles to look at, in addition to those that stops are executed on. */
const LENGTHS = ['15m', '1h', '4h'];
/** Shorter candles are shown only if the reader chooses them. */
const SHORTEST_LENGTH_MS = 15 * MINUTE_MS;
const WHOLE_RUN_MS = 30 * DAY_MS;
const NEWEST_MS = 14 * DAY_MS;
/** Without a run, and of a run that has just begun. */
const SHORTEST_MS = DAY_MS;
const NO_RUN_MS = 3 * DAY_MS;
/** The future takes at least and at most so much of the past in view; on a narrow screen the most, for its labels. */
const FUTURE = { least: 0.115, most: 0.2 };

/** Reads what the address says; what it does not know it ignores. */
export function chartAddress({ tf, range, at }: Query, pipeline: AccountPipeline): ChartAddress {
  return {
    tf: lengthsOf(pipeline).find((one) => one === tf),
    range: RANGES.find(({ id }) => id === range)?.id,
    at: instantOf(at),
  };
}

/** The lengths of candles that a run can be shown in, shortest first. */
export function lengthsOf({ intrabarTimeframe, decisionTimeframe, decisionMs }: AccountPipeline): string[] {
  const multiples = LENGTHS.filter((one) => timeframeMs(one) % decisionMs === 0);
  const all = new Set([intrabarTimeframe, decisionTimeframe, ...multiples]);
  return [...all].sort((a, b) => timeframeMs(a) - timeframeMs(b));
}

/** More candles than this cannot be told apart. */
const MOST_CANDLES = 420;

/** The next longer length of candles, where more of one length are in view than can be told apart. @param inView ms */
export function longerLength(
  pipeline: AccountPipeline,
  timeframe: string,
  inView: number,
): string | undefined {
  const stepMs = timeframeMs(timeframe);
  return inView / stepMs > MOST_CANDLES
    ? lengthsOf(pipeline).find((one) => timeframeMs(one) > stepMs)
    : undefined;
}

interface Run {
  readonly pipeline: AccountPipeline;
  /** When it began; undefined when it has no equity yet. */
  readonly start: number | undefined;
  /** When it ended, or now. */
  readonly end: number;
  /** How far its forecasts look ahead, in ms; 0 where none is shown. */
  readonly horizonMs: number;
  readonly isNarrow: boolean;
}

/** What the chart shows at first. */
export function chartView({ tf, range, at }: ChartAddress, run: Run): ChartView {
  const { pipeline, start, end, horizonMs, isNarrow } = run;
  const length = start === undefined ? NO_RUN_MS : Math.max(SHORTEST_MS, end - start);
  const shown = range ?? (length <= WHOLE_RUN_MS ? 'all' : undefined);
  const span = shown === undefined ? NEWEST_MS : (RANGES.find(({ id }) => id === shown)?.ms ?? length);
  const future = Math.min(
    Math.max(horizonMs, span * (isNarrow ? FUTURE.most : FUTURE.least)),
    span * FUTURE.most,
  );
  const timeframe = tf ?? lengthFor(span + future, pipeline);
  const isNewest = at === undefined || at + span / 2 >= end;
  const from = isNewest ? end - span : at - span / 2;
  const to = isNewest ? end + future : at + span / 2;
  return {
    ...{ timeframe, from, to },
    stepMs: timeframeMs(timeframe),
    range: shown,
    loadFrom: from - span / 2,
    loadTo: isNewest ? undefined : to + span / 2,
  };
}

/** The shortest length of candles that can be told apart over so many ms, unless the reader chooses another. */
function lengthFor(inView: number, pipeline: AccountPipeline): string {
  const shortest = Math.max(pipeline.decisionMs, SHORTEST_LENGTH_MS);
  const lengths = lengthsOf(pipeline).filter((one) => timeframeMs(one) >= shortest);
  return lengths.find((one) => inView / timeframeMs(one) <= MOST_CANDLES) ?? lengths.at(-1)!;
}

/** Close time of the decision candle that a click on a bar means: the newest one that the bar contains, if it is closed. */
export function decisionAt(bar: number, stepMs: number, decisionMs: number, newestClose: number): number {
  const close = Math.ceil((bar + stepMs) / decisionMs) * decisionMs;
  return Math.min(close, Math.floor(newestClose / decisionMs) * decisionMs);
}
