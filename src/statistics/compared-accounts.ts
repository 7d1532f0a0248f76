import type { Overview } from '../accounts/overview.ts';
import type { PaperDesk } from '../accounts/paper-desk.ts';
import { newestClosedOpenTime } from '../candle.ts';
import type { ReadRevisions } from '../db/revisions.ts';
import { createRevisionCache } from '../runtime/revision-cache.ts';
import { decisionCandleStart } from '../trading/candle-times.ts';
import type { Performances } from './account-performance.ts';
import type { LiveQuality } from './live-forecast-quality.ts';
import type { Performance } from './performance.ts';
import type { ForecastQuality } from './stored-forecast-quality.ts';

/** One account among all, as it stands now. */
export interface ComparedAccount {
  readonly overview: Overview;
  readonly performance: Performance;
  /** Null before it was measured, and for an account without a package. */
  readonly quality: ForecastQuality | null;
}

export interface ComparedAccountsParts {
  readonly desk: Pick<PaperDesk, 'accounts' | 'execute' | 'overview'>;
  readonly performances: Pick<Performances, 'of'>;
  readonly quality: LiveQuality;
  /** Grows with what statistics make in the background. */
  readonly statisticsVersion: () => number;
  readonly readRevisions: ReadRevisions;
  readonly now: () => number;
}

/**
 * All accounts side by side, each brought up to date. To look at a hundred takes some 50 ms, so that they are looked at
 * again only when something was stored or measured, or another candle has closed.
 */
export function createComparedAccounts(parts: ComparedAccountsParts): () => Promise<ComparedAccount[]> {
  const { desk, performances, quality, statisticsVersion, readRevisions, now } = parts;

  async function look(): Promise<ComparedAccount[]> {
    const accounts: ComparedAccount[] = [];
    for (const owned of await desk.accounts.list()) {
      const { id, lots, nextCandle } = owned.stored.account;
      const isUpToDate = lots.length === 0 && nextCandle >= decisionCandleStart(now());
      const stored = isUpToDate ? owned.stored : await desk.execute(id);
      const overview = await desk.overview({ ...owned, stored });
      accounts.push({
        overview,
        performance: await performances.of(overview),
        quality: owned.model && quality.known(owned.model),
      });
    }
    return accounts;
  }

  const kept = createRevisionCache<ComparedAccount[]>({
    isCacheable: (accounts) => accounts.every(({ overview }) => overview.settled),
    maxEntries: 1,
  });
  const stateNow = async () => {
    const revisions = await readRevisions('packages', 'account:*', 'market:*');
    return `${newestClosedOpenTime(now(), '3m')} ${revisions} ${statisticsVersion()}`;
  };
  return () => kept.get('all', stateNow, look);
}
