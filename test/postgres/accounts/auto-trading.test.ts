import { afterEach, beforeEach, expect, test } from 'vitest';
import { startTestService, type TestService } from '../../helper/service.ts';
import { manualClock } from '../../helper/time.ts';
import { waitFor } from '../../helper/wait.ts';

const NOW = Date.parse('2026-11-26T00:16:00Z');
const CANDLE_MS = 15 * 60_000;
const LEASE = 'auto-trade:ppo_v1';

const clock = manualClock(NOW);
let a: TestService;
let b: TestService;
beforeEach(async () => {
  clock.set(NOW);
  a = await startTestService({ now: clock, env: { NODE_NAME: 'a' } });
  b = await startTestService({ now: clock, env: { NODE_NAME: 'b' }, beside: a });
});
afterEach(async () => {
  await b.close();
  await a.close();
});

const decidedOn = (node: TestService, asOf: string) =>
  waitFor(
    `a decision on the candle of ${asOf}`,
    async () => (await node.app.inject('/model-packages/ppo_v1')).json(),
    ({ auto_trading }) => auto_trading?.decided_as_of === asOf,
  );

test('one of two nodes decides, and the other goes on when it is gone', async () => {
  const on = { method: 'PATCH', url: '/model-packages/ppo_v1', payload: { auto_trade: true } } as const;
  expect((await b.app.inject(on)).json()).toMatchObject({ auto_trade: true });
  await decidedOn(a, '2026-11-26T00:15:00.000Z');
  const owners = [a, b].filter(({ services }) => services.cluster.leases.held().includes(LEASE));
  expect(owners).toHaveLength(1);
  const [owner] = owners as [TestService];
  const other = owner === a ? b : a;

  // Both nodes are polled by loops as well.
  const poll = { method: 'POST', url: '/paper/signal', payload: { model_id: 'ppo_v1' } } as const;
  for (const node of [a, b])
    expect((await node.app.inject(poll)).json()).toMatchObject({ decided: false, reason: 'DECIDED' });

  await owner.app.close();
  await owner.services.close();
  clock.advance(CANDLE_MS);
  other.services.events.publish('market', { symbol: 'BTCUSDT' });
  await decidedOn(other, '2026-11-26T00:30:00.000Z');
  const { items } = (await other.app.inject('/paper/decisions/paper_ppo_v1')).json();
  expect(items.map((row: { as_of: string; decided: boolean }) => [row.as_of, row.decided])).toEqual([
    ['2026-11-26T00:30:00.000Z', true],
    ['2026-11-26T00:15:00.000Z', true],
  ]);
});
