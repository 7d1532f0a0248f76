import { createHash } from 'node:crypto';
import { DAY_MS } from '../candle.ts';
import { createLeasedLoop, type LeasedLoop } from '../cluster/leased-loop.ts';
import type { Leases } from '../cluster/leases.ts';
import type { Scalers } from '../decisions/scalers.ts';
import type { MarketRepository } from '../market/store/market-repository.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import type { PackageRegistry } from '../packages/registry.ts';
import type { Log } from '../runtime/log.ts';
import type { Timers } from '../runtime/timers.ts';
import { type DailyFeatures, dailyFeatures } from './daily-features.ts';
import { MONTH_DAYS, nextFeatureDrift, type WatchedTraining } from './feature-drift.ts';
import type { DriftRow, FeatureDriftRepository } from './feature-drift-repository.ts';
import { midnightBefore } from './utc-days.ts';
import { watchOf } from './watched-features.ts';

export interface DriftWatchParts {
  readonly repository: Pick<FeatureDriftRepository, 'newest' | 'store'>;
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
const INTERVAL_MS = 15 * 60_000;

/** Watches the features of all packages for drift, each UTC day once, on one node (statistics.md#88). */
export function createDriftWatch(parts: DriftWatchParts): LeasedLoop {
  const { repository, registry, scalers, market, leases, onDay, now, pause, timers, log } = parts;

  /** Computes the days before `to` that are not stored yet. @returns whether the last one is stored then */
  async function update(model: ModelPackage, to: number, isStopped: () => boolean): Promise<boolean> {
    const { id, manifest, pipeline } = model;
    const trainings = trainingsOf(model, await scalers.of(model));
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
    // All at once: nobody must see what began and ended in the past as of today.
    if (added.length === 0) return false;
    await repository.store(id, version, added, to - DAYS_KEPT * DAY_MS);
    onDay(id);
    return added.at(-1)!.day === to - DAY_MS;
  }

  function begin(isStopped: () => boolean): () => Promise<number> {
    /** The day before which everything is stored, by package and version. */
    const done = new Map<string, number>();
    return async () => {
      const to = midnightBefore(now());
      for (const model of await registry.list()) {
        if (isStopped()) break;
        const key = `${model.id} ${model.version}`;
        if (model.status === 'ARCHIVED' || model.warmUpStatus !== 'DONE' || done.get(key) === to) continue;
        const isDone = await update(model, to, isStopped).catch((error: unknown) => {
          log.warn({ err: error, package: model.id }, 'the drift of its features could not be computed');
          return false;
        });
        if (isDone) done.set(key, to);
        await pause();
      }
      return INTERVAL_MS;
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

function trainingsOf(
  { pipeline, manifest }: ModelPackage,
  { mean, scale }: { readonly mean: Float64Array; readonly scale: Float64Array },
): PlacedTraining[] {
  return pipeline.features.flatMap(({ name }, index) => {
    const { isWatched, ...watch } = watchOf(name);
    const quantiles = manifest.feature_quantiles?.[name];
    return isWatched
      ? [{ feature: name, index, mean: mean[index]!, scale: scale[index]!, quantiles, ...watch }]
      : [];
  });
}

/** Of all that the numbers of a day depend on besides candles. */
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
