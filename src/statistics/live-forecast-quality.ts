import type { CandleLoader } from '../market/sync/candle-loader.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import type { Log } from '../runtime/log.ts';
import { decisionCandleStart } from '../trading/account-pipeline.ts';
import {
  baselineMs,
  type ForecastQuality,
  type ForecastQualitySources,
  measureForecastQuality,
} from './forecast-quality.ts';

/** The quality of the live forecasts of the last 90 days, measured at most once per closed decision candle. */
export interface LiveForecastQuality {
  /** The last measurement; null before the first. Starts a new one in the background if it is due. */
  latest(model: ModelPackage): ForecastQuality | null;
  /** The same, but waits for the first measurement. */
  read(model: ModelPackage): Promise<ForecastQuality>;
  /** Grows with every measurement. */
  revision(): number;
}

export interface LiveForecastQualityDependencies extends ForecastQualitySources {
  /** Loads the candles of the baselines, which reach further back than decision windows. */
  readonly loader: Pick<CandleLoader, 'load'>;
  readonly now: () => number;
  readonly log: Log;
}

/** The last measurement of one version of a package, and the one that runs. */
interface Entry {
  readonly version: string;
  quality: ForecastQuality | null;
  measuredAt: number;
  running: Promise<ForecastQuality> | null;
}

const SPAN_MS = 90 * 24 * 60 * 60_000;

export function createLiveForecastQuality(
  dependencies: LiveForecastQualityDependencies,
): LiveForecastQuality {
  const { forecasts, loader, now, log } = dependencies;
  const entries = new Map<string, Entry>();
  let revision = 0;

  async function measure(model: ModelPackage, to: number): Promise<ForecastQuality> {
    const { pipeline } = model;
    const { symbol } = model.manifest;
    const { decisionTimeframe, decisionMs } = pipeline;
    const source = { packageId: model.id, packageVersion: model.version, symbol };
    const from = to - SPAN_MS;
    const [first] = await forecasts.range(source, { from, to, origin: 'live', limit: 1 });
    if (first !== undefined) {
      const start = decisionCandleStart(pipeline, first.asOf);
      await loader
        .load(symbol, decisionTimeframe, start - baselineMs(pipeline), start - decisionMs)
        .catch((error: unknown) => {
          log.warn({ err: error, symbol }, 'the baselines of forecasts are incomplete');
        });
    }
    return measureForecastQuality(dependencies, {
      ...{ source, pipeline, from, to, knownTo: to },
      origin: 'live',
    });
  }

  function startMeasurement(model: ModelPackage, entry: Entry): void {
    const at = now();
    entry.running = measure(model, at)
      .then((quality) => {
        entry.quality = quality;
        entry.measuredAt = at;
        revision += 1;
        return quality;
      })
      .finally(() => {
        entry.running = null;
      });
    entry.running.catch((error: unknown) =>
      log.warn({ err: error, package: model.id }, 'the quality of forecasts could not be measured'),
    );
  }

  function currentEntry(model: ModelPackage): Entry {
    const { id, version } = model;
    const known = entries.get(id);
    const entry =
      known?.version === version
        ? known
        : { version, quality: null, measuredAt: Number.NEGATIVE_INFINITY, running: null };
    entries.set(id, entry);
    if (entry.running === null && decisionCandleStart(model.pipeline, now()) > entry.measuredAt) {
      startMeasurement(model, entry);
    }
    return entry;
  }

  return {
    revision: () => revision,
    latest: (model) => currentEntry(model).quality,
    async read(model) {
      const { quality, running } = currentEntry(model);
      return quality ?? (running as Promise<ForecastQuality>);
    },
  };
}
