import type { Overview } from '../accounts/overview.ts';
import type { PaperDesk } from '../accounts/paper-desk.ts';
import { MINUTE_MS } from '../candle.ts';
import type { ReadRevisions } from '../db/revisions.ts';
import { createRevisionCache } from '../runtime/revision-cache.ts';
import { decisionCandleStart } from '../trading/account-pipeline.ts';
import type { AccountPerformances } from './account-performances.ts';
import type { ForecastQuality } from './forecast-quality.ts';
import type { LiveForecastQuality } from './live-forecast-quality.ts';
import type { Performance } from './performance.ts';
import { type JudgedByTrials, judgedAccount, type Trials } from './trials.ts';

/** One of the accounts that are compared. */
export interface ComparedAccount {
  readonly overview: Overview;
  readonly performance: Performance;
  /** Null before the first measurement, and without a package. */
  readonly quality: ForecastQuality | null;
  readonly judged: JudgedByTrials;
}

export interface ComparedAccountsDependencies {
  readonly desk: Pick<PaperDesk, 'accounts' | 'execute' | 'overview'>;
  readonly performances: AccountPerformances;
  readonly quality: LiveForecastQuality;
  readonly trials: Pick<Trials, 'judgeAll'>;
  readonly readRevisions: ReadRevisions;
  readonly now: () => number;
}

/**
 * Reads all accounts, each brought up to date. That takes some 50 ms for a hundred accounts, so the result is cached
 * until the store or the statistics change or a minute, and so perhaps an intrabar candle, ends.
 */
export function createComparedAccounts(
  dependencies: ComparedAccountsDependencies,
): () => Promise<ComparedAccount[]> {
  const { desk, performances, quality, trials, readRevisions, now } = dependencies;

  async function readAll(): Promise<ComparedAccount[]> {
    const accounts: Omit<ComparedAccount, 'judged'>[] = [];
    for (const owned of await desk.accounts.list()) {
      const { id, lots, nextCandle, pipeline } = owned.stored.account;
      const isUpToDate = lots.length === 0 && nextCandle >= decisionCandleStart(pipeline, now());
      const stored = isUpToDate ? owned.stored : await desk.execute(id);
      const overview = await desk.overview({ ...owned, stored });
      const performance = await performances.read(overview);
      accounts.push({
        ...{ overview, performance },
        quality: owned.model && quality.latest(owned.model),
      });
    }
    const judged = await trials.judgeAll(
      accounts.map(({ overview, performance }) => judgedAccount(overview, performance)),
    );
    return accounts.map((account, index) => ({ ...account, judged: judged[index]! }));
  }

  const cache = createRevisionCache<ComparedAccount[]>({
    isCacheable: (accounts) => accounts.every(({ overview }) => overview.settled),
    maxEntries: 1,
  });
  const currentRevision = async () => {
    const stored = await readRevisions('packages', 'trials', 'account:*', 'market:*');
    return `${Math.floor(now() / MINUTE_MS)} ${stored} ${performances.revision()} ${quality.revision()}`;
  };
  return () => cache.get('all', currentRevision, readAll);
}
