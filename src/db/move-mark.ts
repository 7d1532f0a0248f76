import { PaperdeskError } from '../errors.ts';
import type { Database } from './connection.ts';

/** The key in `store_facts` of a store that is being copied from another one (tools/move-store). */
export const MOVE_MARK = 'move';

/** A copy of another store that is not complete. */
export interface MoveMark {
  /** The other store, without user and password. */
  readonly from: string;
  /** The run of the command that copies; each start has another one. */
  readonly run: string;
}

/** The mark of a store that is not complete; undefined for every other store. */
export async function readMoveMark(database: Database): Promise<MoveMark | undefined> {
  const row = await database
    .selectFrom('store_facts')
    .select('value')
    .where('key', '=', MOVE_MARK)
    .executeTakeFirst();
  return row && (JSON.parse(row.value) as MoveMark);
}

/** @throws PaperdeskError STORE_UNUSABLE while the store is being copied from another one */
export async function requireMoved(database: Database): Promise<void> {
  const mark = await readMoveMark(database);
  if (mark === undefined) return;
  throw new PaperdeskError(
    'STORE_UNUSABLE',
    `This store is an unfinished copy of ${mark.from}. Run "paperdesk move-store" with the same --from and --to again, ` +
      'which goes on where it stopped, or set DATABASE_URL to another store.',
  );
}
