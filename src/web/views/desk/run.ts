import type { DashboardAnswer } from '../../../http/dashboard/schema.ts';
import type { ForecastQualityAnswer, PerformanceAnswer } from '../../../http/performance/schema.ts';
import type { ReplayAnswer } from '../../../http/replays/schema.ts';
import type { AccountPipeline } from '../../data/pipeline.ts';
import type { RecordSource } from '../../data/record-source.ts';
import { dayRange } from '../../format/time.ts';

export type RunPerformance = NonNullable<ReplayAnswer['result']>['performance'];
export type PeriodPnl = RunPerformance['pnl_by_day'][number];
export type Histogram = NonNullable<RunPerformance['histogram']>;
export type ForecastQuality = ForecastQualityAnswer;
/** Of a live account. */
export type LivePerformance = RunPerformance & Pick<PerformanceAnswer, 'forecast_quality'>;

/** What the desk shows: a live account or a replay. */
export interface Run {
  /** Of the account, for example `paper_ppo_v1`. */
  readonly modelId: string;
  readonly packageId: string | undefined;
  readonly symbol: string;
  readonly pipeline: AccountPipeline;
  readonly records: RecordSource;
  /** undefined for a live account. */
  readonly replay: ReplayAnswer | undefined;
  /** When its records end, ms since the epoch; undefined for a live account. */
  readonly until: number | undefined;
  /** undefined while it is loading, and for a replay that is not done. */
  readonly performance: RunPerformance | undefined;
  /** null before the first measurement. */
  readonly quality: ForecastQuality | null | undefined;
}

/** A live account is judged by itself from this number of closed lots on. */
const ENOUGH_LIVE_LOTS = 30;

/**
 * The replay that the desk opens on: the one with the most whole days of all that are done. undefined where the live
 * account has 30 closed lots, or no replay has more days than it.
 */
export function replayToOpen(
  live: DashboardAnswer['performance'],
  replays: readonly ReplayAnswer[],
): ReplayAnswer | undefined {
  if (live.counts.lots >= ENOUGH_LIVE_LOTS) return undefined;
  let best: ReplayAnswer | undefined;
  for (const replay of replays) if (replay.result !== null && daysOf(replay) > daysOf(best)) best = replay;
  return daysOf(best) > live.counts.days ? best : undefined;
}

function daysOf(replay: ReplayAnswer | undefined): number {
  return replay?.result?.performance.counts.days ?? 0;
}

/** `Replay 15–29 Nov`, or its label. */
export function replayName({ label, from, to }: Pick<ReplayAnswer, 'label' | 'from' | 'to'>): string {
  return label ?? `Replay ${dayRange(from, to)}`;
}
