import type { ReadRevisions } from '../db/revisions.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import { createRevisionCache } from '../runtime/revision-cache.ts';
import { type DriftAlert, driftAlerts, driftSentence, type WatchedFeature } from './drift-alerts.ts';
import { driftDayOf } from './drift-state.ts';
import type { FeatureDrift } from './feature-drift.ts';
import type { DriftRow, FeatureDriftRepository } from './feature-drift-repository.ts';

/** The features of a package on its last computed day. */
export interface PackageDrift {
  /** Midnight at which that day began, ms. */
  readonly day: number;
  /** Worst first. */
  readonly features: readonly JudgedFeature[];
  /** What is on, by kind; empty where nothing is. */
  readonly alerts: readonly DriftAlert[];
}

/** A feature with what can be said about it; null while it is not on. */
export interface JudgedFeature extends FeatureDrift {
  readonly sentence: string | null;
}

/** Reads what the drift watch of any node computed. */
export interface DriftReports {
  read(): Promise<FindDrift>;
}

/** The drift of a package; undefined before its first day, and for an archived package, which is not watched. */
export type FindDrift = (model: WatchedPackage) => PackageDrift | undefined;

type WatchedPackage = Pick<ModelPackage, 'id' | 'status'> & {
  readonly manifest: Pick<ModelPackage['manifest'], 'symbol'>;
};

export function createDriftReports(
  repository: Pick<FeatureDriftRepository, 'latest'>,
  readRevisions: ReadRevisions,
): DriftReports {
  const cache = createRevisionCache<ReadonlyMap<string, DriftRow>>({ maxEntries: 1 });
  const judged = new WeakMap<DriftRow, PackageDrift>();
  return {
    async read() {
      const rows = await cache.get('latest', () => readRevisions('drift'), repository.latest);
      return ({ id, status, manifest }) => {
        const row = rows.get(id);
        if (row === undefined || status === 'ARCHIVED') return undefined;
        const known = judged.get(row) ?? packageDriftOf(row, quoteOf(manifest.symbol));
        judged.set(row, known);
        return known;
      };
    },
  };
}

/** @param quote the currency of features in price units */
function packageDriftOf({ day, features }: DriftRow, quote: string): PackageDrift {
  const sorted = [...features].sort((a, b) => severityOf(b) - severityOf(a));
  return {
    day,
    features: sorted.map((one) => ({
      ...one,
      sentence: one.state.state === null ? null : driftSentence(watchedOf(one), quote),
    })),
    alerts: driftAlerts(sorted.map(watchedOf), quote),
  };
}

function watchedOf({ feature, inPriceUnits, day, week, isConstant, state }: FeatureDrift): WatchedFeature {
  return { feature, inPriceUnits, day: driftDayOf(day, week, isConstant), state };
}

const STATES = { BROKEN: 2, DRIFT: 1 } as const;

/** By state, and within a state by the distance from the training range. */
function severityOf({ state: { state }, day, week }: FeatureDrift): number {
  const distance = Math.abs(week?.z ?? day.z);
  return (state === null ? 0 : STATES[state]) + distance / (1 + distance);
}

/** Perpetuals are named by their base and their quote currency. */
function quoteOf(symbol: string): string {
  return /(?:USDT|USDC|FDUSD|BUSD|USD)$/.exec(symbol)?.[0] ?? 'the quote currency';
}
