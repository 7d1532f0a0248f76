import { LRUCache } from 'lru-cache';
import { pipelineOfColumn } from '../accounts/account-rows.ts';
import type { Database } from '../db/connection.ts';
import type { Row } from '../db/tables.ts';
import type { ErrorCode } from '../errors.ts';
import { camelKeys } from '../runtime/key-case.ts';
import { RESULTS_FORM, type Replay, type ReplayResults } from './replay-job.ts';

/** A row without its large columns. */
type ReplayRow = Omit<Row<'replays'>, 'decided' | 'run_id' | 'results' | 'origin'>;

/** Reads replays of this store. */
export interface ReplayRows {
  find(id: string, db?: Database): Promise<Replay | undefined>;
  /** Replays of rows, with their results. */
  replaysOf(db: Database, rows: readonly ReplayRow[]): Promise<Replay[]>;
}

/** Characters of results whose replays are kept; those of two years have some 200,000. */
const KEPT_CHARACTERS = 20_000_000;

/** @param database the open store */
export function createReplayRows(database: Database): ReplayRows {
  // A finished replay never changes, and there are up to a hundred of them in a comparison.
  const parsed = new LRUCache<string, { readonly replay: Replay; readonly characters: number }>({
    maxSize: KEPT_CHARACTERS,
    sizeCalculation: ({ characters }) => Math.min(characters, KEPT_CHARACTERS),
  });

  // The time tells two runs apart, of which the first could not store that it was done.
  const keyOf = ({ id, finished_at }: Pick<ReplayRow, 'id' | 'finished_at'>) => `${id} ${finished_at}`;

  /** Rows of replays that are done, by id, with their results. */
  async function finishedOf(db: Database, rows: readonly ReplayRow[]): Promise<ReadonlyMap<string, Replay>> {
    const found = new Map<string, Replay>();
    const missing = new Map<string, ReplayRow>();
    for (const row of rows) {
      const known = parsed.get(keyOf(row));
      if (known === undefined) missing.set(row.id, row);
      else found.set(row.id, known.replay);
    }
    if (missing.size === 0) return found;
    const query = db.selectFrom('replays').select(['id', 'finished_at', 'results']);
    for (const stored of await query.where('id', 'in', [...missing.keys()]).execute()) {
      const { id, results } = stored;
      if (results === null) continue;
      const replay = replayOf(missing.get(id)!, JSON.parse(results) as ReplayResults);
      found.set(id, replay);
      parsed.set(keyOf(stored), { replay, characters: results.length });
    }
    return found;
  }

  async function replaysOf(db: Database, rows: readonly ReplayRow[]): Promise<Replay[]> {
    const finished = await finishedOf(
      db,
      rows.filter(({ state, results_form }) => state === 'DONE' && results_form === RESULTS_FORM),
    );
    return rows.map((row) => finished.get(row.id) ?? replayOf(row, null));
  }

  return {
    replaysOf,
    async find(id, db = database) {
      const row = await visibleReplays(db).where('id', '=', id).executeTakeFirst();
      return row && (await replaysOf(db, [row]))[0];
    },
  };
}

/** All columns but large ones: the list of decided candles may have a megabyte. */
export function visibleReplays(db: Database) {
  return db
    .selectFrom('replays')
    .select(['id', 'package_id', 'package_version', 'symbol', 'market_source', 'label'])
    .select(['from_time', 'to_time', 'settings', 'pipeline', 'initial_balance', 'decided_count'])
    .select(['state', 'phase', 'done', 'incomplete', 'forecasts_computed', 'forecasts_known'])
    .select(['results_form', 'error_code', 'error_detail', 'created_at', 'started_at', 'finished_at'])
    .select(['counterfactual_of', 'counterfactual_kind', 'counterfactual_k'])
    .where('state', '!=', 'REMOVED');
}

function replayOf(row: ReplayRow, results: ReplayResults | null): Replay {
  const { from_time, to_time, decided_count, results_form: _, error_code, error_detail, ...others } = row;
  const { counterfactual_of: of, counterfactual_kind: kind, counterfactual_k: k, ...columns } = others;
  return {
    ...camelKeys(columns),
    from: from_time,
    to: to_time,
    settings: JSON.parse(row.settings),
    pipeline: pipelineOfColumn(row.pipeline),
    decidedCandles: decided_count,
    counterfactual: of === null || kind === null ? null : { of, kind, k },
    state: row.state as Replay['state'],
    results,
    error: error_code === null ? null : { code: error_code as ErrorCode, detail: error_detail ?? '' },
  };
}
