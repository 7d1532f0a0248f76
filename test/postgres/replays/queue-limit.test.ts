import { expect, inject, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../../src/db/open-database.ts';
import { createReplayRepository } from '../../../src/replays/replay-repository.ts';
import { DEFAULT_ACCOUNT_PIPELINE } from '../../../src/trading/account-pipeline.ts';
import { DEFAULT_SETTINGS } from '../../../src/trading/settings.ts';
import { DECISION_CANDLE_MS } from '../../helper/default-candles.ts';
import { START } from '../../helper/paper.ts';
import { createTestDatabase } from '../../helper/postgres-databases.ts';

test('replays requested of two nodes at the same time do not exceed the limit together', async () => {
  const { url, drop } = await createTestDatabase(inject('postgresUrl')!);
  const databases = await Promise.all([1, 2].map(() => openDatabase({ kind: 'postgres', url })));
  onTestFinished(async () => {
    await Promise.all(databases.map((database) => database.destroy()));
    await drop();
  });
  const nodes = databases.map(createReplayRepository);
  const order = {
    ...{ packageId: 'alpha', packageVersion: '1', symbol: 'BTCUSDT', marketSource: 'recorded' as const },
    ...{
      label: null,
      counterfactual: null,
      from: START,
      to: START + DECISION_CANDLE_MS,
      settings: DEFAULT_SETTINGS,
    },
    ...{ pipeline: DEFAULT_ACCOUNT_PIPELINE, initialBalance: 5000 },
  };
  const requests = Array.from({ length: 24 }, (_, index) =>
    nodes[index % 2]!.create(
      [{ order: { ...order, id: `replay_${index}` }, decided: null }],
      START,
      (unfinished) => {
        if (unfinished >= 7) throw new Error('full');
      },
    ),
  );
  const results = await Promise.allSettled(requests);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(7);
  expect(await nodes[0]!.unfinished('ordinary')).toHaveLength(7);
});
