import type { AccountMarket } from '../accounts/account-market.ts';
import type { HistoryRepository } from '../accounts/history-repository.ts';
import { createRevisionCache } from '../runtime/revision-cache.ts';
import type { PaperAccount } from '../trading/account.ts';
import { type CurvePoint, type CurveRange, readEquityCurve } from './read-equity-curve.ts';

/** The account, or the account of a replay, whose curve is read. */
export interface CurveOwner extends Pick<PaperAccount, 'id' | 'epoch' | 'initialBalance' | 'pipeline'> {
  readonly symbol: string;
  /** Changes when points are added; null if the curve must not be cached. */
  readonly revision: number | string | null;
}

/** Reads the equity curve of an epoch; the curve is cached until the account or the market changes. */
export type EquityCurves = (owner: CurveOwner, range: CurveRange) => Promise<readonly CurvePoint[]>;

export interface EquityCurvesDependencies {
  readonly history: Pick<HistoryRepository, 'equityAfter' | 'peakBefore'>;
  readonly market: Pick<AccountMarket, 'closesAt' | 'revision'>;
  /** Yields to the event loop. */
  readonly pause: () => Promise<unknown>;
}

/** A point takes some 100 bytes. */
const MAX_CURVES = 100;
const MAX_CACHED_POINTS = 1000;

export function createEquityCurves({ history, market, pause }: EquityCurvesDependencies): EquityCurves {
  const cache = createRevisionCache<readonly CurvePoint[]>({
    isCacheable: (points) => points.length <= MAX_CACHED_POINTS,
    maxEntries: MAX_CURVES,
  });
  return (owner, range) => {
    const closesAt = (times: readonly number[]) => market.closesAt(owner.symbol, owner.pipeline, times);
    const read = () => readEquityCurve({ history, closesAt, pause }, owner, range);
    if (owner.revision === null) return read();
    const key = [owner.id, owner.epoch, range.from, range.to, range.points, range.gridMs ?? ''].join(' ');
    return cache.get(key, async () => `${owner.revision} ${await market.revision(owner.symbol)}`, read);
  };
}
