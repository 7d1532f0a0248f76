import type { AccountMarket } from '../accounts/account-market.ts';
import type { HistoryRepository } from '../accounts/history-repository.ts';
import { createRevisionCache } from '../runtime/revision-cache.ts';
import type { PaperAccount } from '../trading/account.ts';
import { type CurveRange, curveOf, type PricedPoint } from './priced-equity-curve.ts';

/** Whose curve is asked for, and how it stands. */
export interface CurveOwner extends Pick<PaperAccount, 'id' | 'epoch' | 'initialBalance'> {
  readonly symbol: string;
  /** Another one when points were added; null as long as that cannot be told. */
  readonly version: number | string | null;
}

/** Equity curves of accounts and replays. */
export type AccountCurves = (owner: CurveOwner, range: CurveRange) => Promise<readonly PricedPoint[]>;

export interface AccountCurvesParts {
  readonly history: Pick<HistoryRepository, 'equityAfter' | 'peakBefore'>;
  readonly market: Pick<AccountMarket, 'closesAt' | 'revision'>;
  /** Lets others have their turn. */
  readonly pause: () => Promise<unknown>;
}

/** Some 100 bytes a point. */
const KEPT = { curves: 100, points: 1000 };

/** Reads a curve once for everybody who looks at the same part of it before the account has another point. */
export function createAccountCurves({ history, market, pause }: AccountCurvesParts): AccountCurves {
  const kept = createRevisionCache<readonly PricedPoint[]>({
    isCacheable: (points) => points.length <= KEPT.points,
    maxEntries: KEPT.curves,
  });
  return (owner, range) => {
    const closesAt = (times: readonly number[]) => market.closesAt(owner.symbol, times);
    const read = () => curveOf({ history, closesAt, pause }, owner, range);
    if (owner.version === null) return read();
    const key = [owner.id, owner.epoch, range.from, range.to, range.points].join(' ');
    return kept.get(key, async () => `${owner.version} ${await market.revision(owner.symbol)}`, read);
  };
}
