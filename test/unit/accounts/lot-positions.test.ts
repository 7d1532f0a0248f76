import fc from 'fast-check';
import type { Kysely } from 'kysely';
import { describe, expect, it } from 'vitest';
import { down, up } from '../../../migrations/0056_positions.ts';
import type { StoredAccount } from '../../../src/accounts/account-repository.ts';
import type { Database } from '../../../src/db/connection.ts';
import { executeIntrabarCandle } from '../../../src/trading/execute-candle.ts';
import { positionNumbers } from '../../../src/trading/position-numbers.ts';
import { takeDecision } from '../../../src/trading/take-decision.ts';
import {
  account,
  closedCandle,
  decisionMarket,
  flatCandle,
  lot,
  policySignal,
  START,
} from '../../helper/paper.ts';
import { openPaperStore } from '../../helper/paper-store.ts';
import { randomRun, tradeLive } from '../../helper/random-run.ts';
import { repetitions } from '../../helper/run-length.ts';

async function positionsOf(database: Database, accountId: string) {
  const rows = await database
    .selectFrom('paper_lots')
    .select(['sequence', 'position', 'opened_at', 'closed_at'])
    .where('account_id', '=', accountId)
    .orderBy('sequence')
    .execute();
  return {
    stored: rows.map(({ position }) => position),
    derived: positionNumbers(
      rows.map(({ sequence, opened_at, closed_at }) => ({
        sequence,
        openedAt: opened_at,
        closedAt: closed_at,
      })),
    ),
  };
}

/** Migrations know no tables. */
const anyTables = (database: Database) => database as unknown as Kysely<unknown>;

describe('the positions of lots', () => {
  it('are stored change by change as all lots together give them, and the migration derives the same', async () => {
    const { database, accounts } = await openPaperStore();
    const runs = fc.sample(randomRun, { numRuns: repetitions(25, 12), seed: 7 });
    const seen: number[][] = [];
    for (const [index, { start: drawn, candles }] of runs.entries()) {
      const start = { ...drawn, id: `paper_${index}` };
      await accounts.create({ account: start, packageId: null, symbol: 'BTCUSDT', now: START });
      for (const outcome of tradeLive(start, candles))
        await accounts.commit((await accounts.find(start.id)) as StoredAccount, outcome, START);
      const { stored, derived } = await positionsOf(database, start.id);
      expect(stored).toEqual(derived);
      seen.push(stored);
    }
    expect(Math.max(...seen.map((positions) => new Set(positions).size))).toBeGreaterThan(2);

    await down(anyTables(database));
    await up(anyTables(database));
    for (const [index, positions] of seen.entries())
      expect((await positionsOf(database, `paper_${index}`)).stored).toEqual(positions);
  });

  it('are told apart where the lots before close at the open of the candle that a lot opened in', async () => {
    const { database, accounts } = await openPaperStore();
    const old = lot({ id: 'paper_test.1.old', key: 'old' });
    const start = account({}, { lots: [old], lineCount: 1 });
    const { stored } = await accounts.create({
      account: start,
      packageId: null,
      symbol: 'BTCUSDT',
      now: START,
    });
    const line = {
      ...{
        id: 'line',
        accountId: 'paper_test',
        epoch: 1,
        sequence: 1,
        time: START,
        kind: 'entry_fee' as const,
      },
      ...{ amount: -0.06, lotId: old.id, walletAfter: 9999.94, reason: null, detail: null },
    };
    const opening = await accounts.commit(stored, { account: start, opened: [old], lines: [line] }, START);
    const before = { ...(opening as StoredAccount).account };
    const decided = await accounts.commit(
      opening as StoredAccount,
      takeDecision(before, decisionMarket(), policySignal()),
      START,
    );
    expect((await positionsOf(database, 'paper_test')).stored).toEqual([1, 1]);
    // The older lot's stop is at 95; the newer one has another.
    const gap = { ...flatCandle(0, 94.9), low: 94.8 };
    const changed = executeIntrabarCandle((decided as StoredAccount).account, closedCandle(gap));
    expect(changed.closed.map(({ id, closedAt }) => [id, closedAt])).toContainEqual([old.id, START]);
    await accounts.commit(decided as StoredAccount, changed, START);
    const { stored: positions, derived } = await positionsOf(database, 'paper_test');
    expect(positions).toEqual([1, 2]);
    expect(derived).toEqual(positions);
  });
});
