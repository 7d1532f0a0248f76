import type { CandleLoader } from '../market/sync/candle-loader.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import type { Log } from '../runtime/log.ts';
import { DECISION_CANDLE_MS, decisionCandleStart } from '../trading/candle-times.ts';
import {
  type ForecastQuality,
  QUALITY_LEAD_MS,
  type QualityParts,
  qualityOfForecasts,
} from './stored-forecast-quality.ts';

/** How good the forecasts were on which packages decided live in the last 90 days; measured once per closed candle at most. */
export interface LiveQuality {
  /** What was measured last; null before the first time. Measures again in the background when that is due. */
  known(model: ModelPackage): ForecastQuality | null;
  /** The same, but waits for the first time. */
  of(model: ModelPackage): Promise<ForecastQuality>;
  /** Grows with every measurement. */
  version(): number;
}

export interface LiveQualityParts extends QualityParts {
  /** Brings the candles of the historical baseline, which reaches further back than decisions do. */
  readonly loader: Pick<CandleLoader, 'load'>;
  readonly now: () => number;
  readonly log: Log;
}

interface Measured {
  quality: ForecastQuality | null;
  measuredAt: number;
  running: Promise<ForecastQuality> | null;
}

const SPAN_MS = 90 * 24 * 60 * 60_000;

export function createLiveQuality(parts: LiveQualityParts): LiveQuality {
  const { forecasts, loader, now, log } = parts;
  const kept = new Map<string, Measured>();
  let version = 0;

  async function measure(model: ModelPackage, to: number): Promise<ForecastQuality> {
    const { symbol, forecast_quantiles: levels } = model.manifest;
    const source = { packageId: model.id, packageVersion: model.version, symbol };
    const from = to - SPAN_MS;
    const [first] = await forecasts.range(source, { from, to, origin: 'live', limit: 1 });
    if (first !== undefined) {
      const last = decisionCandleStart(first.asOf) - DECISION_CANDLE_MS;
      await loader
        .load(symbol, '15m', decisionCandleStart(first.asOf) - QUALITY_LEAD_MS, last)
        .catch((error: unknown) => {
          log.warn({ err: error, symbol }, 'forecasts are compared with less history than they should be');
        });
    }
    return qualityOfForecasts(parts, { source, levels, from, to, knownTo: to, origin: 'live' });
  }

  function entryOf(model: ModelPackage): Measured {
    const key = `${model.id} ${model.version}`;
    const known = kept.get(key);
    const entry = known ?? { quality: null, measuredAt: Number.NEGATIVE_INFINITY, running: null };
    if (known === undefined) {
      for (const other of kept.keys()) if (other.startsWith(`${model.id} `)) kept.delete(other);
      kept.set(key, entry);
    }
    if (entry.running === null && decisionCandleStart(now()) > entry.measuredAt) {
      const at = now();
      entry.running = measure(model, at)
        .then((quality) => {
          entry.quality = quality;
          entry.measuredAt = at;
          version += 1;
          return quality;
        })
        .finally(() => {
          entry.running = null;
        });
      // Whoever waits for it is told; nobody may.
      entry.running.catch((error: unknown) =>
        log.warn({ err: error, package: model.id }, 'forecast quality'),
      );
    }
    return entry;
  }

  return {
    version: () => version,
    known: (model) => entryOf(model).quality,
    async of(model) {
      const { quality, running } = entryOf(model);
      return quality ?? (running as Promise<ForecastQuality>);
    },
  };
}
