// promise: docs/operations.md "ACCOUNT_KILLED"
// promise: docs/operations.md "WARMUP_ERROR"

import { afterEach, expect, test } from 'vitest';
import { watchEvents } from '../../../src/events/watch-events.ts';
import { startTestService, type TestService } from '../../helper/service.ts';
import { warmedUp } from '../../helper/upload.ts';
import { startReceiver } from '../../helper/webhook-receiver.ts';

const MINUTE = 60_000;
const START = Date.parse('2026-11-26T06:00:00Z');
const SECRET = 'sixteen letters or more';

let service: TestService | undefined;
afterEach(() => service?.close());

async function alertsOf({ app }: TestService, query = '') {
  const answer = await app.inject(`/alerts${query}`);
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json();
}

/** Creates an account that its first fee brings below the level of its kill switch. */
async function killAnAccount({ app }: TestService, model_id: string, setNow: (time: number) => void) {
  const post = (url: string, payload: object) => app.inject({ method: 'POST', url, payload });
  await post('/paper/account/create', { model_id, settings: { kill_level: 1 } });
  await post('/paper/signal', { model_id, signal: 'LONG', confidence: 90 });
  setNow(START + 20 * MINUTE);
  const polled = await post('/paper/signal', { model_id, signal: 'FLAT', confidence: 90 });
  expect(polled.json(), polled.body).toMatchObject({ reason: 'KILLED' });
}

test('the alert of a killed account is sent, shown, counted and published once, also after a restart', async () => {
  const receiver = await startReceiver(503);
  let now = START + MINUTE;
  service = await startTestService({
    now: () => now,
    env: { ALERT_WEBHOOK_URL: receiver.url, ALERT_WEBHOOK_SECRET: SECRET },
  });
  const events: unknown[] = [];
  watchEvents(service.services.events, 'alert', (event) => events.push(event?.data));
  await killAnAccount(service, 'doomed', (time) => {
    now = time;
  });

  const attempts = async () => (await alertsOf(service!)).items[0]?.delivery.attempts;
  await expect.poll(attempts).toBe(1);
  const { items } = await alertsOf(service);
  expect(items).toEqual([
    {
      id: 'account_killed.paper_doomed.1',
      kind: 'ACCOUNT_KILLED',
      subject: 'account:paper_doomed',
      text: expect.stringContaining('fell below 100 % of 10000 USDT'),
      details: expect.objectContaining({ model_id: 'paper_doomed', epoch: 1 }),
      created_at: new Date(now).toISOString(),
      delivery: expect.objectContaining({ state: 'pending', last_status: 503, delivered_at: null }),
    },
  ]);
  await expect
    .poll(() => events)
    .toMatchObject([{ id: 'account_killed.paper_doomed.1', kind: 'ACCOUNT_KILLED' }]);

  // The next attempt is due; the restarted service makes it.
  now += 10 * MINUTE;
  await service.restart();
  await expect
    .poll(async () => (await alertsOf(service!)).items[0].delivery)
    .toMatchObject({ state: 'delivered', attempts: 2, last_status: 200 });
  expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
  expect(receiver.received).toHaveLength(2);
  expect((await service.app.inject('/metrics')).body).toContain(
    'paperdesk_alerts{kind="ACCOUNT_KILLED",delivery="delivered"} 1',
  );
});

test('without a receiver alerts are shown, page by page', async () => {
  let now = START + MINUTE;
  service = await startTestService({ now: () => now });
  for (const name of ['first', 'second']) {
    now = START + MINUTE;
    await killAnAccount(service, name, (time) => {
      now = time;
    });
  }
  await expect.poll(async () => (await alertsOf(service!)).items.length).toBe(2);
  const first = await alertsOf(service, '?limit=1');
  expect(first.items).toMatchObject([
    { subject: 'account:paper_second', delivery: { state: 'off', attempts: 0 } },
  ]);
  const second = await alertsOf(service, `?limit=1&cursor=${first.next_cursor}`);
  expect(second).toMatchObject({ items: [{ subject: 'account:paper_first' }], next_cursor: null });
  expect((await service.app.inject('/alerts?cursor=nonsense')).json()).toMatchObject({ code: 'VALIDATION' });
});

test('a failed warm-up raises an alert', async () => {
  const receiver = await startReceiver();
  service = await startTestService({
    isFirstStart: true,
    exchangeUrl: 'http://127.0.0.1:9',
    env: { ALERT_WEBHOOK_URL: receiver.url, ALERT_WEBHOOK_SECRET: SECRET },
  });
  await warmedUp(service.app, 'ppo_v1');
  await expect.poll(() => receiver.received.length).toBe(1);
  expect(JSON.parse(receiver.received[0]!.body)).toMatchObject({
    kind: 'WARMUP_ERROR',
    subject: 'package:ppo_v1',
    text: expect.stringContaining('ppo_v1'),
  });
});
