import { createHash } from 'node:crypto';
import { DAY_MS } from '../candle.ts';
import { createLeasedLoop, type LeasedLoop } from '../cluster/leased-loop.ts';
import type { Leases } from '../cluster/leases.ts';
import type { Scalers } from '../decisions/scalers.ts';
import type { FeatureScaler } from '../formats/model-files.ts';
import type { MarketRepository } from '../market/store/market-repository.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import type { PackageRegistry } from '../packages/registry.ts';
import { backoffMs } from '../runtime/backoff.ts';
import type { Log } from '../runtime/log.ts';
import type { Timers } from '../runtime/timers.ts';
import { type DailyFeatures, dailyFeatures } from './daily-features.ts';
import { MONTH_DAYS, nextFeatureDrift, type WatchedTraining } from './feature-drift.ts';
import type { DriftRow, FeatureDriftRepository } from './feature-drift-repository.ts';
import { midnightBefore } from './utc-days.ts';
import { watchOf } from './watched-features.ts';

export interface DriftWatchParts {
  readonly repository: Pick<FeatureDriftRepository, 'newest' | 'store' | 'keepOnly'>;
  readonly registry: Pick<PackageRegistry, 'list'>;
  readonly scalers: Scalers;
  readonly market: Pick<MarketRepository, 'candles' | 'funding'>;
  readonly leases: Pick<Leases, 'want'>;
  /** Called after another day of a package is stored. */
  readonly onDay: (packageId: string) => void;
  readonly now: () => number;
  readonly pause: () => Promise<void>;
  readonly timers: Timers;
  readonly log: Log;
}

/** A package begins with so many days, and makes up for as many. */
const MOST_DAYS = 35;
const DAYS_KEPT = 60;
/** Longest pause: the clock may jump, as after a suspension. */
const INTERVAL_MS = 15 * 60_000;
/** The last candle of a day comes some seconds after midnight. */
const AFTER_MIDNIGHT_MS = 60_000;
/** Where candles are late, a day is tried again within some four hours; after that the next day makes up for it. */
const RETRY = { firstMs: 60_000, longestMs: 2 * 3_600_000 };
const MAX_RETRIES = 8;

/** How often the days before a midnight were tried, and when on the monotonic clock (ms) they may be tried again. */
interface Tries {
  readonly to: number;
  readonly count: number;
  readonly nextAt: number;
}

/** Watches the features of all packages for drift, each UTC day once, on one node (statistics.md#88). */
export function createDriftWatch(parts: DriftWatchParts): LeasedLoop {
  const { repository, registry, scalers, market, leases, onDay, now, pause, timers, log } = parts;

  /** Computes the days before `to` that are not stored yet. @returns whether the last one is stored then */
  async function update(model: ModelPackage, to: number, isStopped: () => boolean): Promise<boolean> {
    const { id, manifest, pipeline } = model;
    const trainings = trainingsOf(model, await scalers.of(model));
    if (trainings.length === 0) return true;
    const version = versionOf(model, trainings);
    const known = await repository.newest(id, version, MONTH_DAYS - 1);
    const from = Math.max(to - MOST_DAYS * DAY_MS, (known.at(-1)?.day ?? 0) + DAY_MS);
    if (from >= to) return true;
    const added: DriftRow[] = [];
    const { symbol } = manifest;
    for await (const features of dailyFeatures({ market, symbol, pipeline, from, to, pause })) {
      if (isStopped()) return false;
      added.push(driftRowOf(features, trainings, [...known, ...added]));
    }
    // All at once: what began and ended in the past must not be seen as of today.
    if (added.length === 0) return false;
    await repository.store(id, version, added, to - DAYS_KEPT * DAY_MS);
    onDay(id);
    return added.at(-1)!.day === to - DAY_MS;
  }

  /** Tries to compute the days before `to`, if it is time to. */
  async function tryUpdate(model: ModelPackage, before: Tries, isStopped: () => boolean): Promise<Tries> {
    const { to, count, nextAt } = before;
    if (nextAt > timers.monotonic()) return before;
    const isDone = await update(model, to, isStopped).catch((error: unknown) => {
      log.warn({ err: error, package: model.id }, 'the drift of its features could not be computed');
      return false;
    });
    await pause();
    const isLast = isDone || count === MAX_RETRIES;
    return {
      ...{ to, count: count + 1 },
      nextAt: isLast ? Number.POSITIVE_INFINITY : timers.monotonic() + backoffMs(RETRY, count + 1),
    };
  }

  function begin(isStopped: () => boolean): () => Promise<number> {
    /** By package, version and warm-up: one that is done has loaded candles, so it is tried again. */
    const known = new Map<string, Tries>();
    return async () => {
      const to = midnightBefore(now());
      const models = await registry.list();
      await repository.keepOnly(models.map(({ id }) => id));
      let pauseMs = Math.min(INTERVAL_MS, to + DAY_MS + AFTER_MIDNIGHT_MS - now());
      for (const model of models) {
        if (isStopped()) break;
        if (model.status === 'ARCHIVED' || model.warmUpStatus !== 'DONE') continue;
        const key = `${model.id} ${model.version} ${model.warmUpCompletedAt}`;
        const before = known.get(key);
        const ofToday = before?.to === to ? before : { to, count: 0, nextAt: Number.NEGATIVE_INFINITY };
        const tries = await tryUpdate(model, ofToday, isStopped);
        known.set(key, tries);
        pauseMs = Math.min(pauseMs, tries.nextAt - timers.monotonic());
      }
      return pauseMs;
    };
  }

  return createLeasedLoop({
    ...{ leases, timers, begin },
    name: 'drift',
    onFailure(error) {
      log.warn({ err: error }, 'the drift of features could not be computed');
      return INTERVAL_MS;
    },
  });
}

/** A watched feature, and its place in the pipeline. */
interface PlacedTraining extends WatchedTraining {
  readonly index: number;
}

/** None where the scaler does not know the mean and the standard deviation of its data (statistics.md#80). */
function trainingsOf({ pipeline, manifest }: ModelPackage, scaler: FeatureScaler): PlacedTraining[] {
  const training = 'training' in scaler ? scaler.training : undefined;
  if (training === undefined) return [];
  const { mean, scale } = training;
  return pipeline.features.flatMap(({ name }, index) => {
    const { isWatched, ...watch } = watchOf(name);
    const quantiles = manifest.feature_quantiles?.[name];
    return isWatched
      ? [{ feature: name, index, mean: mean[index]!, scale: scale[index]!, quantiles, ...watch }]
      : [];
  });
}

/** Of all that the numbers of a day depend on, without candles. */
function versionOf({ manifest: { symbol }, pipeline }: ModelPackage, trainings: readonly WatchedTraining[]) {
  const { decisionTimeframe, historyCandles, lookbackSteps } = pipeline;
  const content = JSON.stringify([symbol, decisionTimeframe, historyCandles, lookbackSteps, trainings]);
  return createHash('sha256').update(content).digest('base64url').slice(0, 22);
}

/** @param before the rows of earlier days, in order */
function driftRowOf(
  { day, values }: DailyFeatures,
  trainings: readonly PlacedTraining[],
  before: readonly DriftRow[],
): DriftRow {
  const consecutive = before.filter((row, index) => row.day === day - (before.length - index) * DAY_MS);
  return {
    day,
    features: trainings.map((training, place) =>
      nextFeatureDrift(
        training,
        values[training.index]!,
        consecutive.map(({ features }) => features[place]!),
        before.at(-1)?.features[place]?.state,
      ),
    ),
  };
}
