import { expect, it } from 'vitest';
import type { StoredAccount } from '../../../src/accounts/account-repository.ts';
import { insertRows } from '../../../src/db/insert-rows.ts';
import { DecisionTally } from '../../../src/statistics/decision-tally.ts';
import { account, START } from '../../helper/paper.ts';
import { openPaperStore } from '../../helper/paper-store.ts';

const CANDLE_MS = 15 * 60_000;

it('counts the candles up to a kill, of which some were not decided on', async () => {
  const { database, accounts, history } = await openPaperStore();
  await accounts.create({ account: account(), packageId: null, symbol: 'BTCUSDT', now: START });
  const { id } = account();
  const reasons = [null, null, 'STALE', null, 'KILLED', 'KILLED', 'KILLED'];
  const rows = reasons.map((reason, index) => ({
    ...{ account_id: id, as_of: START + index * CANDLE_MS, epoch: 1, source: 'policy', signal: 'FLAT' },
    ...{ decided: reason === null ? (1 as const) : (0 as const), reason, action: 'HOLD', sentences: '[]' },
    ...{ confidence: null, sentiment: null, evidence: null, order: null, lot_id: null, stored_at: START },
  }));
  await insertRows(database, 'paper_decisions', rows);

  const end = START + reasons.length * CANDLE_MS;
  expect(await history.decisionCounts(id, 1, START, end)).toEqual({ candles: 4, decided: 3 });
  expect(await history.decisionCounts(id, 1, START + 4 * CANDLE_MS, end)).toEqual({ candles: 0, decided: 0 });

  const { account: stored } = (await accounts.find(id)) as StoredAccount;
  const lastDecision = { asOf: end - CANDLE_MS } as NonNullable<typeof stored.lastDecision>;
  const tally = new DecisionTally();
  const pause = async () => {};
  await tally.read({ history, pause }, { ...stored, lastDecision }, START);
  expect(tally.counts).toEqual({ candles: 4, decided: 3 });
});
