import { sql } from 'kysely';
import type { Database, StoreLocation } from '../src/db/connection.ts';
import { insertRows } from '../src/db/insert-rows.ts';
import { openDatabase } from '../src/db/open-database.ts';
import type { NewModelPackageRow } from '../src/db/tables.ts';

/** The size of a store; all counts are spread evenly over the packages. */
export interface StoreSize {
  readonly packages: number;
  readonly trades: number;
  readonly equityPoints: number;
}

const DECISION_CANDLE_MS = 15 * 60_000;

/**
 * Adds packages like `ppo_v1` directly to the tables of a store that the service has created. Each has an account with
 * records until `now` (ms) and without open lots. All accounts have the same trades: half won, half lost.
 * @returns the ids of the packages
 */
export async function fillStore(
  location: StoreLocation,
  { packages, trades, equityPoints }: StoreSize,
  now: number,
): Promise<string[]> {
  const end = Math.floor(now / DECISION_CANDLE_MS) * DECISION_CANDLE_MS;
  const each = { trades: Math.floor(trades / packages), points: Math.floor(equityPoints / packages) };
  const start = end - Math.max(each.points, each.trades) * DECISION_CANDLE_MS;
  const ids = Array.from({ length: packages }, (_, index) => `bench-${index}`);
  const store = await openDatabase(location);
  await store.transaction().execute(async (transaction) => {
    const account = await transaction
      .selectFrom('paper_accounts')
      .selectAll()
      .limit(1)
      .executeTakeFirstOrThrow();
    const model = await transaction
      .selectFrom('model_packages')
      .selectAll()
      .limit(1)
      .executeTakeFirstOrThrow();
    for (const id of ids) {
      const owner = `paper_${id}`;
      await insertRows(transaction, 'model_packages', [
        { ...(model as NewModelPackageRow), id, name: id, created_at: start },
      ]);
      await insertRows(transaction, 'paper_accounts', [
        {
          ...account,
          ...{ id: owner, package_id: id, wallet: 10_000, line_count: each.trades * 3, epoch: 1 },
          ...{ next_candle: end, last_as_of: null, last_decided: null, created_at: start },
        },
      ]);
      await insertRows(transaction, 'paper_epochs', [
        {
          ...{ account_id: owner, epoch: 1, initial_balance: 10_000, started_at: start },
          ...{ ended_at: null, hidden: 0 },
        },
      ]);
      await addPoints(transaction, owner, {
        first: end - each.points * DECISION_CANDLE_MS,
        count: each.points,
      });
      await addTrades(transaction, owner, {
        first: end - each.trades * DECISION_CANDLE_MS,
        count: each.trades,
      });
    }
  });
  await store.destroy();
  return ids;
}

interface Rows {
  /** Time before the first, ms. */
  readonly first: number;
  readonly count: number;
}

function counted(count: number) {
  return sql`
    with recursive counted(n) as (
      select cast(1 as bigint) union all select n + 1 from counted where n < ${sql.lit(count)}
    )`;
}

async function addPoints(store: Database, owner: string, { first, count }: Rows): Promise<void> {
  if (count === 0) return;
  await sql`${counted(count)} insert into paper_equity
    select ${sql.lit(owner)}, 1, ${timeOf(first)}, 10000, 10000 + (n * 7919) % 400 - 200, 0, null from counted
  `.execute(store);
}

/** Each trade has three ledger lines and a decision. */
async function addTrades(store: Database, owner: string, { first, count }: Rows): Promise<void> {
  if (count === 0) return;
  const account = sql.lit(owner);
  const start = counted(count);
  const time = timeOf(first);
  await sql`${start} insert into paper_lots (id, account_id, epoch, sequence, status, key, origin, side, entry_price,
      quantity, notional, margin, leverage, stop_loss, take_profit, opened_at, steps, hold_clock, max_steps, entry_fee,
      funding, exit_price, closed_at, close_reason, gross_pnl, exit_fee, net_pnl, entry_reference, exit_reference, position)
    select ${account} || '.1.' || n, ${account}, 1, n * 3 - 2, 'CLOSED', 'k' || n, 'policy', 'long', 90000, 0.01, 900, 300,
      3, 89000, 92000, ${time} - ${sql.lit(DECISION_CANDLE_MS)}, 1, 'training', 64, 0.36, 0,
      90100, ${time}, 'TAKE_PROFIT', 1, 0.36, case n % 2 when 0 then 1 else -1 end, 89982, null, n * 3 - 2 from counted
  `.execute(store);
  for (const [index, kind] of ['entry_fee', 'realised_pnl', 'exit_fee'].entries()) {
    await sql`${start} insert into paper_ledger (id, account_id, epoch, sequence, time, kind, amount, lot_id, wallet_after)
      select ${account} || '.' || n || ${sql.lit(`.${kind}`)}, ${account}, 1, n * 3 - 2 + ${sql.lit(index)}, ${time},
        ${sql.lit(kind)}, 0, ${account} || '.1.' || n, 10000 from counted
    `.execute(store);
  }
  await sql`${start} insert into paper_decisions
    select ${account}, ${time}, 1, 1, 'policy', 'LONG', 80, 'bullish', 'OPEN_LONG', null, '["opened"]',
      null, ${account} || '.1.' || n, null, ${time} from counted
  `.execute(store);
}

function timeOf(first: number) {
  return sql`${sql.lit(first)} + n * ${sql.lit(DECISION_CANDLE_MS)}`;
}
