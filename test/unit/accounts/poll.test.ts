import { expect, test } from 'vitest';
import type { AccountMarket } from '../../../src/accounts/account-market.ts';
import { createAccountRepository } from '../../../src/accounts/account-repository.ts';
import { createAccounts } from '../../../src/accounts/accounts.ts';
import { createHistoryRepository } from '../../../src/accounts/history-repository.ts';
import { createReadOverview } from '../../../src/accounts/overview.ts';
import { createPolls } from '../../../src/accounts/poll.ts';
import { createReadRevisions } from '../../../src/db/revisions.ts';
import { PaperdeskError } from '../../../src/errors.ts';
import type { Signal } from '../../../src/trading/signal.ts';
import { account, START } from '../../helper/paper.ts';
import { openTestDatabase } from '../../helper/test-database.ts';

const LONG: Signal = { source: 'external', direction: 'LONG', confidence: 100 };
const UNKNOWN = new PaperdeskError('SYMBOL_UNKNOWN', 'The exchange has no linear perpetual "BTCUSDT".');

/** Polls of an account whose symbol the exchange has no longer. */
async function pollsOf(packageId: string | null) {
  const database = await openTestDatabase();
  const repository = createAccountRepository(database);
  await repository.create({ account: account(), packageId, symbol: 'BTCUSDT', now: START });
  const now = () => START + 1000;
  const rows = createHistoryRepository(database);
  const market = {
    newestClose: () => Promise.reject(UNKNOWN),
    mark: async () => null,
  } as Partial<AccountMarket> as AccountMarket;
  const noPackage = () => Promise.reject(new PaperdeskError('MODEL_NOT_FOUND', 'There is no such package.'));
  return createPolls({
    ...{ rows, market, now },
    accounts: createAccounts({
      ...{ repository, now },
      registry: { list: async () => [], resolve: noPackage },
      requireTrading: async () => {},
    }),
    overview: createReadOverview({ market, history: rows, now }),
    readRevisions: createReadRevisions(database),
    history: { window: () => Promise.reject(UNKNOWN) },
    decisions: { decide: () => Promise.reject(new Error('no package decides')) },
    forecasts: { store: async () => {} },
  });
}

test('the account of a deleted package decides nothing, also not by an external signal', async () => {
  const { poll } = await pollsOf('test');
  expect(await poll({ modelId: 'test', external: LONG })).toMatchObject({
    decided: false,
    gate: { reason: 'NO_MODEL', sentence: expect.stringMatching(/deleted/) },
    row: { reason: 'NO_MODEL' },
  });
});

test('a price that cannot be checked, because the symbol trades no longer, stops no poll', async () => {
  const { poll } = await pollsOf(null);
  expect(await poll({ modelId: 'test', external: LONG, currentPrice: 100 })).toMatchObject({
    decided: false,
    gate: { reason: 'STALE', sentence: UNKNOWN.message },
    row: { reason: 'STALE' },
  });
});
