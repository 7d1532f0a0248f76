import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestService, type TestService } from '../../helper/service.ts';
import { manualClock } from '../../helper/time.ts';
import { waitFor } from '../../helper/wait.ts';

const NOW = Date.parse('2026-11-26T00:16:00Z');
const CANDLE_MS = 15 * 60_000;

/** The tests share a service: each goes on where the one before ended. */
const clock = manualClock(NOW);
let service: TestService;
beforeAll(async () => {
  service = await startTestService({ now: clock });
});
afterAll(() => service.close());

const call = async (method: 'GET' | 'POST' | 'PATCH', url: string, payload?: object) =>
  (await service.app.inject({ method, url, ...(payload && { payload }) })).json();

/** Close times of the decided candles, oldest first. */
async function decided(): Promise<string[]> {
  const { items } = await call('GET', '/paper/decisions/paper_ppo_v1');
  return (items as { as_of: string; decided: boolean }[])
    .filter((row) => row.decided)
    .map((row) => row.as_of)
    .reverse();
}

/** Lets a candle close, as the market announces it; without the news the service would look within a minute. */
function passCandle(): void {
  clock.advance(CANDLE_MS);
  service.services.events.publish('market', { symbol: 'BTCUSDT' });
}

/** Waits until the service says that it decided on the candle that closed last. */
function decidedByService(asOf: string) {
  return waitFor(
    `the service decides on the candle of ${asOf}`,
    () => call('GET', '/model-packages/ppo_v1'),
    ({ auto_trading }) => auto_trading?.decided_as_of === asOf,
  );
}

test('the service creates the account, decides once a candle, and goes on after a restart', async () => {
  expect(await call('GET', '/model-packages/ppo_v1')).toMatchObject({
    auto_trade: false,
    auto_trading: null,
  });
  expect(await call('PATCH', '/model-packages/ppo_v1', { auto_trade: true })).toMatchObject({
    auto_trade: true,
  });
  await decidedByService('2026-11-26T00:15:00.000Z');
  expect(await decided()).toEqual(['2026-11-26T00:15:00.000Z']);
  const [account] = (await call('GET', '/api/system')).accounts;
  expect(account).toMatchObject({
    model_id: 'paper_ppo_v1',
    loop: 'service',
    last_poll_at: null,
    auto_trading: { decided_as_of: '2026-11-26T00:15:00.000Z', problem: null, problem_since: null },
  });

  // A loop of the owner gets the same decision.
  expect(await call('POST', '/paper/signal', { model_id: 'ppo_v1' })).toMatchObject({
    decided: false,
    reason: 'DECIDED',
    as_of: '2026-11-26T00:15:00.000Z',
  });

  passCandle();
  await decidedByService('2026-11-26T00:30:00.000Z');
  clock.advance(CANDLE_MS);
  await service.restart();
  await decidedByService('2026-11-26T00:45:00.000Z');
  expect(await decided()).toEqual(
    ['00:15', '00:30', '00:45'].map((minutes) => `2026-11-26T${minutes}:00.000Z`),
  );
});

test('an archived package stops, and stays off when it is restored', async () => {
  await decidedByService('2026-11-26T00:45:00.000Z');
  expect(await call('POST', '/model-packages/ppo_v1/archive')).toMatchObject({ auto_trade: false });
  expect(await call('PATCH', '/model-packages/ppo_v1', { auto_trade: true })).toMatchObject({
    status: 409,
    code: 'PACKAGE_ARCHIVED',
  });
  expect(await call('POST', '/model-packages/ppo_v1/restore')).toMatchObject({ auto_trade: false });
  expect(await call('PATCH', '/model-packages/ppo_v1', {})).toMatchObject({ status: 400 });
  expect(await call('PATCH', '/model-packages/ppo_v1', { auto_trade: 'yes' })).toMatchObject({ status: 400 });
  expect(await call('PATCH', '/model-packages/nobody', { auto_trade: true })).toMatchObject({ status: 404 });
});

test('it needs no token, and a paused account is shown until it is resumed', async () => {
  await service.services.access.initializePassword('correct horse battery');
  const state = async () => (await service.services.registry.get('ppo_v1')).trading;
  const before = (await state()).asOf;
  clock.advance(CANDLE_MS);
  await service.services.registry.edit('ppo_v1', { autoTrade: true });
  await waitFor('the first decision', state, ({ asOf }) => asOf !== before);
  await service.services.desk.setPaused('paper_ppo_v1', true);
  passCandle();
  const paused = await waitFor('the problem is shown', state, ({ problem }) => problem !== undefined);
  expect(paused).toMatchObject({ problem: expect.stringMatching(/paused/), problemSince: clock() });
  await service.services.desk.setPaused('paper_ppo_v1', false);
  await waitFor(
    'the next decision',
    state,
    ({ problem, asOf }) => problem === undefined && asOf !== paused.asOf,
  );
});
