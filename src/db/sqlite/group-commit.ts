import { setImmediate as nextTurn } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Database } from '../connection.ts';

/** Runs work in a transaction; its promise resolves once that is on the disk. */
type RunTransaction = <T>(work: (transaction: Database) => Promise<T>) => Promise<T>;

interface Waiting {
  /** Does the work; returns what tells its caller of it once the group is on the disk. */
  readonly run: (transaction: Database) => Promise<() => void>;
  readonly reject: (error: unknown) => void;
}

/** Bounds how long the first of a group waits for the last. */
const MAX_GROUP = 64;

/** Databases whose groups are at work. */
let busy = 0;

/** Whether transactions wait or run, in any SQLite database of this process. */
export function areTransactionsPending(): boolean {
  return busy > 0;
}

const groups = new WeakMap<Database, RunTransaction>();

/**
 * The transactions of a SQLite database that wait at the same time, run one after the other and committed together: a commit
 * waits for the disk, 5 to 10 ms, which for 20 accounts that decide at one close was most of the time. Work that fails is
 * undone by itself and fails for its caller only.
 */
export function groupCommits(database: Database): RunTransaction {
  const known = groups.get(database);
  if (known !== undefined) return known;
  const created = createGroupCommits(database);
  groups.set(database, created);
  return created;
}

function createGroupCommits(database: Database): RunTransaction {
  const waiting: Waiting[] = [];
  let isRunning = false;

  async function runAll(): Promise<void> {
    isRunning = true;
    busy += 1;
    while (waiting.length > 0) {
      // What came while the group before waited for the disk joins this one. Not within the transaction: another connection of
      // this process would then wait for its lock, and this one for the process.
      await nextTurn();
      await runGroup(database, waiting);
    }
    isRunning = false;
    busy -= 1;
  }

  return <T>(work: (transaction: Database) => Promise<T>) =>
    new Promise<T>((resolve, reject) => {
      waiting.push({
        run: async (transaction) => {
          const value = await work(transaction);
          return () => resolve(value);
        },
        reject,
      });
      if (!isRunning) void runAll();
    });
}

/** Takes from `waiting` what is there, and what comes while it works. Rejects nothing itself: callers get the errors. */
async function runGroup(database: Database, waiting: Waiting[]): Promise<void> {
  const done: { readonly resolve: () => void; readonly reject: (error: unknown) => void }[] = [];
  try {
    await database.transaction().execute(async (transaction) => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const resolve = await runOne(transaction, next);
        // The next one may succeed on another snapshot of the database.
        if (resolve === undefined) return;
        done.push({ resolve, reject: next.reject });
        if (done.length === MAX_GROUP) return;
      }
    });
  } catch (error) {
    for (const { reject } of done) reject(error);
    return;
  }
  for (const { resolve } of done) resolve();
}

/**
 * Runs one work; undefined if it failed and was undone.
 * @throws if the whole transaction is lost, as SQLite does when the disk is full
 */
async function runOne(transaction: Database, { run, reject }: Waiting): Promise<(() => void) | undefined> {
  await sql`savepoint one`.execute(transaction);
  try {
    const resolve = await run(transaction);
    await sql`release one`.execute(transaction);
    return resolve;
  } catch (error) {
    reject(error);
    await sql`rollback to one`.execute(transaction).catch(() => {
      throw error;
    });
    await sql`release one`.execute(transaction);
    return undefined;
  }
}
