import SqliteDatabase from 'better-sqlite3';

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
export function fillStore(
  file: string,
  { packages, trades, equityPoints }: StoreSize,
  now: number,
): string[] {
  const store = new SqliteDatabase(file);
  const end = Math.floor(now / DECISION_CANDLE_MS) * DECISION_CANDLE_MS;
  const each = { trades: Math.floor(trades / packages), points: Math.floor(equityPoints / packages) };
  const start = end - Math.max(each.points, each.trades) * DECISION_CANDLE_MS;
  const account = store.prepare(`select * from paper_accounts limit 1`).get() as Record<string, unknown>;
  const model = store.prepare(`select * from model_packages where id = 'ppo_v1'`).get() as object;
  const insert = (table: string, row: object) => {
    const columns = Object.keys(row);
    const names = columns.map((name) => `"${name}"`).join(', ');
    store
      .prepare(`insert into ${table} (${names}) values (${columns.map((name) => `@${name}`).join(', ')})`)
      .run(row);
  };
  const ids = Array.from({ length: packages }, (_, index) => `bench-${index}`);
  store.transaction(() => {
    for (const id of ids) {
      const owner = `paper_${id}`;
      insert('model_packages', { ...model, id, name: id, created_at: start });
      insert('paper_accounts', {
        ...account,
        ...{ id: owner, package_id: id, wallet: 10_000, line_count: each.trades * 3, epoch: 1 },
        ...{ next_candle: end, last_as_of: null, last_decided: null, created_at: start },
      });
      insert('paper_epochs', {
        ...{ account_id: owner, epoch: 1, initial_balance: 10_000, started_at: start },
        ...{ ended_at: null, hidden: 0 },
      });
      addPoints(store, owner, { first: end - each.points * DECISION_CANDLE_MS, count: each.points });
      addTrades(store, owner, { first: end - each.trades * DECISION_CANDLE_MS, count: each.trades });
    }
  })();
  store.close();
  return ids;
}

interface Rows {
  /** Time before the first, ms. */
  readonly first: number;
  readonly count: number;
}

const COUNTED =
  'with recursive counted(n) as (select 1 union all select n + 1 from counted where n < @count)';

function addPoints(store: SqliteDatabase.Database, owner: string, rows: Rows): void {
  if (rows.count === 0) return;
  store
    .prepare(
      `${COUNTED} insert into paper_equity
       select @owner, 1, @first + n * ${DECISION_CANDLE_MS}, 10000, 10000 + (n * 7919) % 400 - 200, 0, null from counted`,
    )
    .run({ owner, ...rows });
}

/** Each trade has three ledger lines and a decision. */
function addTrades(store: SqliteDatabase.Database, owner: string, rows: Rows): void {
  if (rows.count === 0) return;
  const given = { owner, ...rows };
  store
    .prepare(
      `${COUNTED} insert into paper_lots
       select @owner || '.1.' || n, @owner, 1, n * 3 - 2, 'CLOSED', 'k' || n, 'policy', 'long', 90000, 0.01, 900, 300,
         3, 89000, 92000, @first + (n - 1) * ${DECISION_CANDLE_MS}, 1, 'training', 64, 0.36, 0,
         90100, @first + n * ${DECISION_CANDLE_MS}, 'TAKE_PROFIT', 1, 0.36, case n % 2 when 0 then 1 else -1 end from counted`,
    )
    .run(given);
  for (const [index, kind] of ['entry_fee', 'realised_pnl', 'exit_fee'].entries()) {
    store
      .prepare(
        `${COUNTED} insert into paper_ledger
         select @owner || '.' || n || '.${kind}', @owner, 1, n * 3 - 2 + ${index}, @first + n * ${DECISION_CANDLE_MS}, '${kind}',
           0, @owner || '.1.' || n, 10000 from counted`,
      )
      .run(given);
  }
  store
    .prepare(
      `${COUNTED} insert into paper_decisions
       select @owner, @first + n * ${DECISION_CANDLE_MS}, 1, 1, 'policy', 'LONG', 80, 'bullish', 'OPEN_LONG', null, '["opened"]',
         null, @owner || '.1.' || n, null, @first + n * ${DECISION_CANDLE_MS} from counted`,
    )
    .run(given);
}
