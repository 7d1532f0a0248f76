import { type Kysely, type RawBuilder, sql } from 'kysely';
import { isPostgres } from '../src/db/engine.ts';

/** Lengths of timeframes in ms, as accounts name them. */
const TIMEFRAMES = {
  '1m': 60_000,
  '3m': 180_000,
  '5m': 300_000,
  '15m': 900_000,
  '30m': 1_800_000,
  '1h': 3_600_000,
  '2h': 7_200_000,
  '4h': 14_400_000,
};

/** Slippage is at least this share of the price, and a price from which it would be more than the other is another's. */
const LEAST_SLIPPAGE = 0.0002;
const MOST_SLIPPAGE = 0.02;

/** What a float64 may round the least slippage to. */
const ROUNDING = 1e-9;

/**
 * Lots keep the prices that they were filled at before slippage. Stored lots get them from stored candles: the open of
 * the candle of a decision's fill, the close of the candle that a lot expired in or was killed in. Orders by hand, resets
 * and lots of the old system stay without.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('paper_lots').addColumn('entry_reference', 'real').execute();
  await db.schema.alterTable('paper_lots').addColumn('exit_reference', 'real').execute();
  const intrabar = pipelineField(db, 'intrabarTimeframe');
  const decision = pipelineField(db, 'decisionTimeframe');
  const openedAt = sql.ref('paper_lots.opened_at');
  const closedAt = sql.ref('paper_lots.closed_at');
  const openAt = (time: RawBuilder<unknown>) => candlePrice('open', intrabar, time);
  const closeAt = (timeframe: RawBuilder<unknown>) =>
    candlePrice('close', timeframe, sql`${closedAt} - ${lengthOf(timeframe)}`);

  await sql`update paper_lots set entry_reference = ${openAt(sql`${openedAt}`)}
    where epoch >= 1 and origin in ('policy', 'external')`.execute(db);
  await sql`update paper_lots set exit_reference = ${openAt(sql`${closedAt}`)}
    where epoch >= 1 and close_reason in ('FLIP', 'SIGNAL')`.execute(db);
  await sql`update paper_lots set exit_reference = coalesce(${closeAt(intrabar)}, ${closeAt(decision)})
    where epoch >= 1 and close_reason in ('TIME_LIMIT', 'KILLED')`.execute(db);
  await forget(db, 'entry_reference', 'entry_price', sql`case side when 'long' then 1 else -1 end`);
  await forget(db, 'exit_reference', 'exit_price', sql`case side when 'long' then -1 else 1 end`);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('paper_lots').dropColumn('exit_reference').execute();
  await db.schema.alterTable('paper_lots').dropColumn('entry_reference').execute();
}

function pipelineField(db: Kysely<unknown>, name: string): RawBuilder<unknown> {
  return isPostgres(db)
    ? sql`account.pipeline::json ->> ${sql.lit(name)}`
    : sql`json_extract(account.pipeline, ${sql.lit(`$.${name}`)})`;
}

function lengthOf(timeframe: RawBuilder<unknown>): RawBuilder<unknown> {
  const cases = Object.entries(TIMEFRAMES).map(
    ([name, length]) => sql`when ${sql.lit(name)} then ${sql.lit(length)}`,
  );
  return sql`case ${timeframe} ${sql.join(cases, sql` `)} end`;
}

/** The price of the candle of a lot's symbol that opened at a time; a filled candle has none. */
function candlePrice(
  column: 'open' | 'close',
  timeframe: RawBuilder<unknown>,
  openTime: RawBuilder<unknown>,
): RawBuilder<unknown> {
  return sql`(
    select candle.${sql.ref(column)} from paper_accounts as account
    join candles as candle on candle.symbol = account.symbol and candle.timeframe = ${timeframe}
      and candle.open_time = ${openTime} and candle.filled = 0
    where account.id = paper_lots.account_id
  )`;
}

/** Removes prices from which the fill cannot be: a candle may have been corrected since. @param sign of the slippage */
async function forget(
  db: Kysely<unknown>,
  reference: string,
  fill: string,
  sign: RawBuilder<unknown>,
): Promise<void> {
  const column = sql.ref(reference);
  const slippage = sql`(${sign}) * (${sql.ref(fill)} / ${column} - 1)`;
  await sql`update paper_lots set ${column} = null where ${column} is not null
    and not (${slippage} between ${sql.lit(LEAST_SLIPPAGE - ROUNDING)} and ${sql.lit(MOST_SLIPPAGE)})`.execute(
    db,
  );
}
