import fc from 'fast-check';
import type { Kysely } from 'kysely';
import { describe, expect, it } from 'vitest';
import { down, up } from '../../../migrations/0048_lot_references.ts';
import type { Database } from '../../../src/db/connection.ts';
import { createMarketRepository } from '../../../src/market/store/market-repository.ts';
import { openManually } from '../../../src/trading/manual-order.ts';
import { concatOutcomes } from '../../../src/trading/outcome.ts';
import { account, START } from '../../helper/paper.ts';
import { openPaperStore } from '../../helper/paper-store.ts';
import { randomRun, tradeLive } from '../../helper/random-run.ts';

const SYMBOL = 'BTCUSDT';

function lotsOf(database: Database) {
  return database
    .selectFrom('paper_lots')
    .select(['id', 'entry_reference', 'exit_reference', 'close_reason', 'side'])
    .orderBy('id')
    .execute();
}

/** Migrations know no tables. */
const anyTables = (database: Database) => database as unknown as Kysely<unknown>;

describe('prices before slippage', () => {
  it('are kept by fills, and the migration derives the same ones from stored candles', async () => {
    const runs = fc.sample(randomRun, { numRuns: 12, seed: 5 });
    for (const [index, { start: drawn, candles }] of runs.entries()) {
      const { database, accounts } = await openPaperStore();
      const market = createMarketRepository(database);
      const start = { ...drawn, id: `paper_${index}` };
      const { pipeline } = start;
      for (const { decisionCandle } of candles) {
        await market.candles.store(SYMBOL, pipeline.decisionTimeframe, [decisionCandle.candle]);
        const { intrabar } = decisionCandle;
        if (intrabar !== null) await market.candles.store(SYMBOL, pipeline.intrabarTimeframe, intrabar);
      }
      const { stored } = await accounts.create({
        account: start,
        packageId: null,
        symbol: SYMBOL,
        now: START,
      });
      await accounts.commit(stored, concatOutcomes(start, tradeLive(start, candles)), START);
      const before = await lotsOf(database);
      expect(before.every(({ entry_reference }) => entry_reference !== null)).toBe(true);

      await down(anyTables(database));
      await up(anyTables(database));
      expect(await lotsOf(database)).toEqual(before);
    }
  });

  it('stay unknown for orders by hand, and where the stored candle cannot be that of the fill', async () => {
    const { database, accounts } = await openPaperStore();
    const start = account();
    const { stored } = await accounts.create({ account: start, packageId: null, symbol: SYMBOL, now: START });
    const market = { time: START, price: 100, atr14: 1 };
    const opened = openManually(start, market, { key: 'one', side: 'long' });
    await accounts.commit(stored, opened, START);
    expect(await lotsOf(database)).toMatchObject([{ entry_reference: 100, exit_reference: null }]);
    await database.updateTable('paper_lots').set({ origin: 'external' }).execute();
    const candle = { openTime: START, open: 101, high: 101, low: 101, close: 101, volume: 1 };
    await createMarketRepository(database).candles.store(SYMBOL, '3m', [candle]);
    await down(anyTables(database));
    await up(anyTables(database));
    expect(await lotsOf(database)).toMatchObject([{ entry_reference: null, exit_reference: null }]);
  });
});
