import type { Database } from '../db/connection.ts';
import type { ResultOrigin } from '../statistics/result-origins.ts';
import { RESULTS_FORM, type ReplayResults } from './replay-job.ts';
import { resultColumns } from './replay-run-repository.ts';
import { updateReplays } from './update-replays-repository.ts';

/** The stored results of finished replays. */
export interface StoredResults {
  /** Where the result of a finished replay came from; null if it is not stored. */
  origin(id: string): Promise<ResultOrigin | null>;
  /** Counts decision rows from `from` to before `to` (ms) by reason, or by action if a lot was opened. */
  reasons(id: string, from: number, to: number): Promise<ReadonlyMap<string, number>>;
  /** Names of the newest runs of ordinary replays that have results: equal names, equal results. */
  newestRuns(limit: number): Promise<readonly string[]>;
  /** Ids of finished replays whose results have an older form than those of today. */
  outdated(): Promise<readonly string[]>;
  /** What the look-ahead check found; it is not repeated with other results. */
  lookAhead(id: string): Promise<ReplayResults['lookAhead']>;
  /** Replaces the results of a finished replay; null says that they cannot be computed again. */
  renew(id: string, results: ReplayResults | null, origin?: ResultOrigin): Promise<void>;
}

/** The form of results that cannot be computed again. They stay stored and are not read any more. */
const LOST = 0;

/** @param database the open store */
export function createStoredResults(database: Database): StoredResults {
  const done = () => database.selectFrom('replays').where('state', '=', 'DONE');
  return {
    async origin(id) {
      const query = done().select('origin').where('id', '=', id).where('results_form', '=', RESULTS_FORM);
      const text = (await query.executeTakeFirst())?.origin ?? null;
      return text === null ? null : (JSON.parse(text) as ResultOrigin);
    },

    async reasons(id, from, to) {
      const rows = await database
        .selectFrom('paper_decisions')
        .select(({ fn }) => [fn.coalesce('reason', 'action').as('key'), fn.countAll<number>().as('count')])
        .where('account_id', '=', id)
        .where('as_of', '>=', from)
        .where('as_of', '<', to)
        .groupBy('key')
        .execute();
      return new Map(rows.map(({ key, count }) => [key, count]));
    },

    async newestRuns(limit) {
      const rows = await done()
        .select(['id', 'finished_at'])
        .where('results_form', '=', RESULTS_FORM)
        .where('counterfactual_of', 'is', null)
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit)
        .execute();
      return rows.map(({ id, finished_at }) => `${id} ${finished_at}`);
    },

    async outdated() {
      const rows = await done()
        .select('id')
        .where(({ or, eb }) =>
          or([eb('results_form', 'is', null), eb('results_form', 'not in', [LOST, RESULTS_FORM])]),
        )
        .orderBy('created_at', 'desc')
        .execute();
      return rows.map(({ id }) => id);
    },

    async lookAhead(id) {
      const { results } = await done().select('results').where('id', '=', id).executeTakeFirstOrThrow();
      const known = results === null ? {} : (JSON.parse(results) as Partial<ReplayResults>);
      return known.lookAhead ?? null;
    },

    async renew(id, results, origin) {
      await updateReplays(database, (replays) =>
        replays
          .set(results === null ? { results_form: LOST } : resultColumns(results, origin))
          .where('id', '=', id)
          .where('state', '=', 'DONE'),
      );
    },
  };
}
