import { createAccountRepository, type StoredAccount } from '../accounts/account-repository.ts';
import type { Database } from '../db/connection.ts';
import { inTransaction } from '../db/transaction.ts';
import { snakeKeys } from '../runtime/key-case.ts';
import type { ResultOrigin } from '../statistics/result-origins.ts';
import type { Outcome } from '../trading/outcome.ts';
import type { CandleSample } from './candle-sample.ts';
import { RESULTS_FORM, type Replay } from './replay-job.ts';
import type { ReplayRows } from './replay-rows-repository.ts';
import { insertSamples } from './sample-repository.ts';
import { updateReplays } from './update-replays-repository.ts';

/** The counters that change while a replay runs. */
export type ReplayProgress = Pick<Replay, 'done' | 'incomplete' | 'forecastsComputed' | 'forecastsKnown'>;

export type ReplayChange = Partial<Pick<Replay, 'state' | 'phase' | 'results' | 'error' | 'finishedAt'>> & {
  /** Where the results came from, with them. */
  readonly origin?: ResultOrigin;
};

/** What the decision candles of a slice came to. */
export interface TradedSlice {
  readonly outcome: Outcome;
  readonly samples: readonly CandleSample[];
}

/** The writes of the node that works on a replay. */
export interface ReplayRuns {
  /**
   * Begins to work on a replay, or goes on with it; undefined if it is neither queued nor running. From now on the writes
   * of every earlier run are refused.
   * @param version the package's, which a queued replay takes; undefined if the package is gone
   */
  begin(id: string, runId: string, version: string | undefined, now: number): Promise<Replay | undefined>;
  /**
   * Changes a queued or running replay; undefined if it is neither.
   * @param runId of the run that makes the change; undefined also if another run works on the replay now
   */
  change(id: string, change: ReplayChange, runId?: string): Promise<Replay | undefined>;
  /**
   * Stores the outcome of a slice with its samples and the progress of the replay. Stores nothing and returns undefined if the
   * replay is not running any more, or another run works on it.
   */
  advance(
    runId: string,
    replay: Replay,
    stored: StoredAccount,
    { outcome, samples }: TradedSlice,
    progress: ReplayProgress,
    now: number,
  ): Promise<{ readonly replay: Replay; readonly stored: StoredAccount } | undefined>;
}

export const UNFINISHED = ['QUEUED', 'RUNNING'] as const;

/** @param database the open store */
export function createReplayRuns(database: Database, { find }: Pick<ReplayRows, 'find'>): ReplayRuns {
  return {
    begin(id, runId, version, now) {
      return inTransaction(database, async (transaction) => {
        const isBegun = await updateReplays(transaction, (replays) =>
          replays
            .set(({ eb, ref, fn }) => ({
              state: 'RUNNING',
              run_id: runId,
              started_at: fn.coalesce('started_at', eb.val(now)),
              package_version: eb
                .case()
                .when('state', '=', 'QUEUED')
                .then(version === undefined ? ref('package_version') : eb.val(version))
                .else(ref('package_version'))
                .end(),
            }))
            .where('id', '=', id)
            .where('state', 'in', UNFINISHED),
        );
        return isBegun ? find(id, transaction) : undefined;
      });
    },

    change(id, { results, origin, error, ...columns }, runId) {
      return inTransaction(database, async (transaction) => {
        const isChanged = await updateReplays(transaction, (replays) =>
          replays
            .set({
              ...snakeKeys(columns),
              ...(results === undefined ? {} : resultColumns(results, origin)),
              ...(error === undefined
                ? {}
                : { error_code: error?.code ?? null, error_detail: error?.detail ?? null }),
            })
            .where('id', '=', id)
            .where('state', 'in', UNFINISHED)
            .$if(runId !== undefined, (own) => own.where('run_id', '=', runId as string)),
        );
        return isChanged ? find(id, transaction) : undefined;
      });
    },

    advance(
      runId,
      replay,
      stored,
      { outcome, samples },
      { done, incomplete, forecastsComputed, forecastsKnown },
      now,
    ) {
      const progress = { done, incomplete, forecastsComputed, forecastsKnown };
      return inTransaction(database, async (transaction) => {
        const isAdvanced = await updateReplays(transaction, (replays) =>
          replays
            .set(snakeKeys(progress))
            .where('id', '=', replay.id)
            .where('state', '=', 'RUNNING')
            .where('run_id', '=', runId)
            .where('done', '=', replay.done),
        );
        if (!isAdvanced) return undefined;
        const accounts = createAccountRepository(transaction, 'replay');
        const committed = await accounts.commit(stored, outcome, now);
        if (committed === undefined)
          throw new Error(`Another process changed the account of replay ${replay.id}.`);
        await insertSamples(transaction, replay.id, samples);
        return { replay: { ...replay, ...progress }, stored: committed };
      });
    },
  };
}

/** The columns of results that are computed now. */
export function resultColumns(results: Replay['results'], origin: ResultOrigin | undefined) {
  return {
    results: results && JSON.stringify(results),
    results_form: results && RESULTS_FORM,
    origin: origin === undefined ? null : JSON.stringify(origin),
  };
}
