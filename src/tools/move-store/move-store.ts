import { createClusterRepository, LIFE } from '../../cluster/cluster-repository.ts';
import type { Database } from '../../db/connection.ts';
import { isPostgres } from '../../db/engine.ts';
import { type MoveMark, readMoveMark } from '../../db/move-mark.ts';
import { readSchema, type TableSchema } from '../../db/schema.ts';
import { withFrozenTables } from '../../db/snapshot.ts';
import { storeId } from '../../db/store-id.ts';
import type { Tables } from '../../db/tables.ts';
import { inTransaction } from '../../db/transaction.ts';
import { compareTable, type TableComparison } from './compare-table.ts';
import { claimTarget, finishTarget, requireOwnMark } from './mark-repository.ts';
import { MoveError } from './move-error.ts';
import { type CheckedFiles, checkFiles, copyPackages, type PackageMove } from './move-packages.ts';
import {
  checkLedgers,
  countRows,
  type LedgerCheck,
  lastKey,
  rowPages,
  storeRows,
} from './rows-repository.ts';
import { requireMovable, type StoredRow } from './stored-row.ts';
import { tablesToMove } from './table-rules.ts';

/** An open store. */
export interface StoreEnd {
  /** For people: without user and password. */
  readonly name: string;
  readonly database: Database;
}

export interface StoreMove {
  /** SQLite must be opened alone. */
  readonly source: StoreEnd;
  readonly target: StoreEnd;
  /** Of this run; each start has another one. */
  readonly runId: string;
  /** Undefined where files of packages stay where they are. */
  readonly packages?: PackageMove | undefined;
  /** Called with the packages or rows done, those of earlier runs included. */
  readonly onProgress: (step: MoveStep, done: number, total: number) => void;
}

export type MoveStep = 'packages' | 'rows copied' | 'rows compared';

export interface MoveReport {
  readonly tables: readonly TableComparison[];
  readonly ledgers: LedgerCheck;
  /** Undefined where they stay where they are. */
  readonly files: CheckedFiles | undefined;
  /** Whether both ends are equal and all ledgers add up: only then the target is a whole store. */
  readonly finished: boolean;
}

/** Both ends while rows are read; `moved` is what a row of the source is in the target. */
interface Ends {
  readonly source: Database;
  readonly target: Database;
  readonly tables: readonly TableSchema[];
  readonly moved: (table: TableSchema, row: StoredRow) => StoredRow;
}

/**
 * Copies everything from one store to another, which is empty or an unfinished copy of the same store, and compares all
 * rows. Until both are equal, no service opens the target.
 *
 * Rows are copied in the order of their keys, many in a transaction. So the last key of a table in the target says how
 * far an interrupted run came, and nothing else has to be remembered.
 * @throws MoveError when it cannot be done, STORE_UNUSABLE where the packages would lie among those of another store; a
 *   difference is part of the report
 */
export async function moveStore({
  source,
  target,
  runId,
  packages,
  onProgress,
}: StoreMove): Promise<MoveReport> {
  const unfinished = await readMoveMark(source.database);
  if (unfinished !== undefined) {
    throw new MoveError(`The source ${source.name} is itself an unfinished copy of ${unfinished.from}.`);
  }
  await requireStopped(source);
  const tables = tablesToMove(await readSchema(source.database), await readSchema(target.database));
  const names = tables.map(({ name }) => name);
  const mark = { from: source.name, run: runId };
  // Before the tables are frozen: a store without an id gets one here, and its copy has the same.
  await packages?.to.claim(() => storeId(source.database, () => runId));
  return withFrozenTables(source.database, names, async (frozen) => {
    await claimTarget(target.database, tables, mark, target.name);
    const locations =
      packages && (await copyPackages(frozen, packages, (...done) => onProgress('packages', ...done)));
    const moved = (table: TableSchema, row: StoredRow) =>
      table.name === PACKAGES ? { ...row, ...locations?.get(row.id as string) } : row;
    const ends = { source: frozen, target: target.database, tables, moved };
    await copyAll(ends, mark, (...done) => onProgress('rows copied', ...done));
    const comparisons = await compareAll(ends, (...done) => onProgress('rows compared', ...done));
    const ledgers = await checkLedgers(target.database);
    const files = packages && (await checkFiles(target.database, packages));
    const equal = comparisons.every(({ difference }) => difference === undefined);
    const finished = equal && ledgers.unbalanced.length === 0;
    if (finished) await finishTarget(target.database, mark);
    return { tables: comparisons, ledgers, files, finished };
  });
}

/** Nodes that run could not write while the source is read. @throws MoveError naming them */
async function requireStopped({ name, database }: StoreEnd): Promise<void> {
  // SQLite is open in this process only.
  if (!isPostgres(database)) return;
  const alive = (await createClusterRepository(database).nodes()).filter(({ isAlive }) => isAlive);
  if (alive.length === 0) return;
  throw new MoveError(
    `The source ${name} is in use by ${alive.length} nodes: ${alive.map((node) => node.name).join(', ')}. Stop them, then ` +
      `try again; one that was killed counts for ${LIFE.leaseMs / 1000} s.`,
  );
}

const PACKAGES = 'model_packages' satisfies keyof Tables;

type OnRows = (done: number, total: number) => void;

/** Copies the rows behind the last one of each table in the target. */
async function copyAll(
  { source, target, tables, moved }: Ends,
  mark: MoveMark,
  onRows: OnRows,
): Promise<void> {
  const total = await countAll(source, tables);
  let done = await countAll(target, tables);
  onRows(done, total);
  for (const table of tables) {
    for await (const rows of rowPages(source, table, await lastKey(target, table))) {
      for (const row of rows) requireMovable(table, row);
      await inTransaction(target, async (transaction) => {
        await requireOwnMark(transaction, mark);
        await storeRows(
          transaction,
          table,
          rows.map((row) => moved(table, row)),
        );
      });
      done += rows.length;
      onRows(done, total);
    }
  }
}

async function compareAll(
  { source, target, tables, moved }: Ends,
  onRows: OnRows,
): Promise<TableComparison[]> {
  const total = await countAll(source, tables);
  let done = 0;
  onRows(done, total);
  const comparisons: TableComparison[] = [];
  for (const table of tables) {
    const expected = (row: StoredRow) => moved(table, row);
    const onPage = (count: number) => {
      done += count;
      onRows(done, total);
    };
    comparisons.push(await compareTable({ source, target }, table, expected, onPage));
  }
  return comparisons;
}

async function countAll(database: Database, tables: readonly TableSchema[]): Promise<number> {
  let sum = 0;
  for (const table of tables) sum += await countRows(database, table);
  return sum;
}
