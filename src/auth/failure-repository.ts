import type { Kysely } from 'kysely';
import type { Tables } from '../db/tables.ts';
import { inTransaction } from '../db/transaction.ts';

/** Wrong passwords in a row. */
export interface Failures {
  readonly count: number;
  /** Time of the newest one, ms since the epoch. */
  readonly at: number;
}

/** Those of one address (null: none), and of all addresses together. */
export interface FailureCounts {
  readonly own: Failures | null;
  readonly total: Failures;
  /** Whether the password was right from there before. */
  readonly isKnown: boolean;
}

/** Counts to be stored. */
export type NewFailureCounts = Omit<FailureCounts, 'isKnown'>;

export type FailureRepository = ReturnType<typeof createFailureRepository>;

/** Not the address of a client. */
const ALL = '';
/** The oldest of more are removed. */
const MAX_ADDRESSES = 10_000;
const MAX_KNOWN = 1000;

/** The rows of `password_failures` and `login_addresses`. */
export function createFailureRepository(database: Kysely<Tables>) {
  return {
    read: (address: string) => readCounts(database, address),

    /**
     * Replaces the counts by what `next` returns; they are locked meanwhile. Stores nothing when `next`
     * throws.
     * @param forgetBefore failures before that time are removed, ms
     */
    async change(
      address: string,
      forgetBefore: number,
      next: (before: FailureCounts) => NewFailureCounts,
    ): Promise<void> {
      await inTransaction(database, async (transaction) => {
        // The first write of the transaction: on both engines, other attempts wait until its end.
        await transaction
          .insertInto('password_failures')
          .values({ address: ALL, failures: 0, failed_at: 0 })
          .onConflict((conflict) =>
            conflict
              .column('address')
              .doUpdateSet(({ ref }) => ({ failures: ref('password_failures.failures') })),
          )
          .execute();
        const { own, total } = next(await readCounts(transaction, address));
        await put(transaction, ALL, total);
        if (own !== null) await put(transaction, address, own);
        await removeOld(transaction, forgetBefore, own === null ? address : undefined);
      });
    },

    /** Remembers that the password was right from an address at `now` (ms). */
    async remember(address: string, now: number): Promise<void> {
      await database
        .insertInto('login_addresses')
        .values({ address, logged_in_at: now })
        .onConflict((conflict) => conflict.column('address').doUpdateSet({ logged_in_at: now }))
        .execute();
      const addresses = database.selectFrom('login_addresses').select('address');
      const tooMany = addresses
        .orderBy('logged_in_at', 'desc')
        .orderBy('address')
        .limit(MAX_KNOWN)
        .offset(MAX_KNOWN);
      await database.deleteFrom('login_addresses').where('address', 'in', tooMany).execute();
    },
  };
}

async function readCounts(database: Kysely<Tables>, address: string): Promise<FailureCounts> {
  const rows = await database
    .selectFrom('password_failures')
    .select(['address', 'failures as count', 'failed_at as at'])
    .where('address', 'in', [ALL, address])
    .execute();
  const known = database.selectFrom('login_addresses').select('address').where('address', '=', address);
  const isKnown = (await known.executeTakeFirst()) !== undefined;
  const of = (wanted: string) => rows.find((row) => row.address === wanted);
  return { own: of(address) ?? null, total: of(ALL) ?? { count: 0, at: 0 }, isKnown };
}

async function put(transaction: Kysely<Tables>, address: string, { count, at }: Failures): Promise<void> {
  const values = { failures: count, failed_at: at };
  await transaction
    .insertInto('password_failures')
    .values({ address, ...values })
    .onConflict((conflict) => conflict.column('address').doUpdateSet(values))
    .execute();
}

/** Removes addresses that failed last before `forgetBefore`, more than 10,000, and `forgiven`. */
async function removeOld(
  transaction: Kysely<Tables>,
  forgetBefore: number,
  forgiven: string | undefined,
): Promise<void> {
  const addresses = transaction.selectFrom('password_failures').select('address').where('address', '!=', ALL);
  const tooMany = addresses
    .orderBy('failed_at', 'desc')
    .orderBy('address')
    .limit(MAX_ADDRESSES)
    .offset(MAX_ADDRESSES);
  await transaction
    .deleteFrom('password_failures')
    .where('address', '!=', ALL)
    .where(({ or, eb }) =>
      or([
        eb('failed_at', '<', forgetBefore),
        eb('address', 'in', tooMany),
        ...(forgiven === undefined ? [] : [eb('address', '=', forgiven)]),
      ]),
    )
    .execute();
}
