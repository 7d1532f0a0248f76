import type { StoredAccount } from './account-repository.ts';
import type { HistoryRepository, TradeCounts } from './history-repository.ts';

/** Far more than there are accounts. */
const MOST_KEPT = 1000;

/** How the closed lots of accounts came out, counted again only when an account has changed. */
export function createTradeCounts(
  history: Pick<HistoryRepository, 'counts'>,
): (stored: StoredAccount) => Promise<TradeCounts> {
  const kept = new Map<string, { readonly revision: number; readonly counts: TradeCounts }>();
  return async ({ account: { id, epoch }, revision }) => {
    const known = kept.get(id);
    if (known?.revision === revision) return known.counts;
    const counts = await history.counts(id, epoch);
    // Whoever asks with an older account must not be told by a newer count, nor the other way round.
    if (known === undefined || known.revision < revision) {
      kept.delete(id);
      kept.set(id, { revision, counts });
      if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value as string);
    }
    return counts;
  };
}
