import type { MarketRepository } from '../../market/market-repository.ts';
import type { HistoryRepository } from '../history-repository.ts';
import { QUARTER_MS } from '../quarter-time.ts';
import { type Performance, performanceOf } from '../statistics/performance.ts';
import type { Overview } from './overview.ts';

/** The statistics of accounts, computed again only when an account has changed. */
export type PerformanceOfAccount = (overview: Overview) => Promise<Performance>;

export interface PerformanceParts {
  readonly history: Pick<HistoryRepository, 'figures' | 'epochs'>;
  readonly candles: MarketRepository['candles'];
  /** Lets others have their turn. */
  readonly pause: () => Promise<void>;
}

/** Accounts whose statistics are kept in memory. */
const MOST_KEPT = 200;

export function createPerformanceOfAccount({
  history,
  candles,
  pause,
}: PerformanceParts): PerformanceOfAccount {
  const kept = new Map<string, { readonly revision: number; readonly computed: Promise<Performance> }>();

  async function compute({ stored: { account, symbol, createdAt }, price }: Overview): Promise<Performance> {
    const { id, epoch, initialBalance } = account;
    const figures = await history.figures(id, epoch);
    const epochs = await history.epochs(id);
    const startedAt = epochs.find((one) => one.epoch === epoch)?.startedAt ?? createdAt;
    const from = figures.times[0] === undefined ? startedAt : figures.times[0] - QUARTER_MS;
    const [first] = await candles.newest(symbol, '15m', 1, from - QUARTER_MS);
    return performanceOf(
      {
        accountId: id,
        initialBalance,
        equity: Float64Array.of(initialBalance, ...figures.equity),
        pointsWithLots: figures.pointsWithLots,
        from,
        to: figures.times.at(-1) ?? from,
        trades: figures.trades,
        totals: figures.totals,
        priceFrom: first?.close ?? null,
        priceTo: price,
      },
      pause,
    );
  }

  return (overview) => {
    const { account, revision } = overview.stored;
    const known = kept.get(account.id);
    if (known !== undefined && known.revision === revision) return known.computed;
    const computed = compute(overview);
    kept.set(account.id, { revision, computed });
    if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value as string);
    computed.catch(() => kept.delete(account.id));
    return computed;
  };
}
