import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { NewAlert, StoredAlert } from '../../../src/alerts/alert.ts';
import { type AlertRepository, createAlertRepository } from '../../../src/alerts/alert-repository.ts';
import { createDeliverer } from '../../../src/alerts/deliverer.ts';
import { afterAttempt } from '../../../src/alerts/delivery-delay.ts';
import { createWebhook } from '../../../src/alerts/webhook.ts';
import { openDatabase } from '../../../src/db/connection.ts';
import { jumpingTime, keptLog, startReceiver } from '../../helper/alerts.ts';

const START = Date.parse('2026-11-26T00:00:00Z');
const HOUR = 3_600_000;
const SECRET = 'a secret of many letters';

async function openStore(): Promise<AlertRepository> {
  const database = await openDatabase(':memory:');
  onTestFinished(() => database.destroy());
  return createAlertRepository(database);
}

function alertOf(id: string, subject = 'market:BTCUSDT'): NewAlert {
  return { id, kind: 'MARKET_STALE', subject, text: `About ${id}.`, details: { symbol: 'BTCUSDT' } };
}

function deliver(
  repository: AlertRepository,
  url: string,
  { limitMs = 5000, secret = SECRET as string | null } = {},
) {
  const { now, timers } = jumpingTime(START);
  const log = keptLog();
  const send = createWebhook({ url, secret: secret ?? undefined, now, limitMs });
  const deliverer = createDeliverer({ repository, send, now, timers, log });
  onTestFinished(() => deliverer.stop());
  return { deliverer, log };
}

async function ended(repository: AlertRepository, count: number): Promise<StoredAlert[]> {
  await expect
    .poll(
      async () => (await repository.list(100)).filter(({ nextAttemptAt }) => nextAttemptAt === null).length,
      {
        timeout: 20_000,
      },
    )
    .toBe(count);
  return (await repository.list(100)).reverse();
}

test('what is stored is sent once, signed with the time, so that the receiver can tell who sent it and when', async () => {
  const repository = await openStore();
  const receiver = await startReceiver();
  expect(await repository.insert(alertOf('a'), START, START)).toBe(true);
  expect(await repository.insert(alertOf('a'), START + 1, START)).toBe(false);
  const { deliverer } = deliver(repository, receiver.url);
  const [stored] = await ended(repository, 1);
  expect(stored).toMatchObject({
    attempts: 1,
    lastStatus: 200,
    lastError: null,
    deliveredAt: expect.any(Number),
  });
  await deliverer.stop();

  expect(receiver.received).toHaveLength(1);
  const { headers, body } = receiver.received[0]!;
  expect(JSON.parse(body)).toEqual({
    id: 'a',
    kind: 'MARKET_STALE',
    subject: 'market:BTCUSDT',
    text: 'About a.',
    details: { symbol: 'BTCUSDT' },
    created_at: '2026-11-26T00:00:00.000Z',
  });
  const timestamp = headers['x-paperdesk-timestamp'];
  expect(timestamp).toBe(String(START / 1000));
  const expected = createHmac('sha256', SECRET).update(`${timestamp}.${body}`).digest('hex');
  expect(headers).toMatchObject({
    'x-paperdesk-signature': `v1=${expected}`,
    'x-paperdesk-alert': 'a',
    'content-type': 'application/json',
  });
});

test('without a secret nothing pretends to be signed', async () => {
  const repository = await openStore();
  const receiver = await startReceiver();
  await repository.insert(alertOf('a'), START, START);
  deliver(repository, receiver.url, { secret: null });
  await ended(repository, 1);
  expect(receiver.received[0]!.headers).not.toHaveProperty('x-paperdesk-signature');
});

test('a receiver that fails, hangs, resets or drips gets the same body again, later and later', async () => {
  const repository = await openStore();
  const receiver = await startReceiver(500, 'hang', 'reset', 429, 'drip');
  await repository.insert(alertOf('a'), START, START);
  const { log } = deliver(repository, receiver.url, { limitMs: 300 });
  const [stored] = await ended(repository, 1);
  // The one that drips has said 200; the rest of what it says is not read.
  expect(stored).toMatchObject({ attempts: 5, lastStatus: 200, lastError: null });
  expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
  const times = receiver.received.map(({ headers }) => Number(headers['x-paperdesk-timestamp']));
  const pauses = times.slice(1).map((time, index) => time - times[index]!);
  expect(pauses.every((pause, index) => index === 0 || pause > 2 * pauses[index - 1]!)).toBe(true);
  expect(log.lines.join('\n')).toMatch(/no answer within 0.3 s/);
});

test('ten attempts are made within a day, whatever chance says', () => {
  for (const random of [0, 0.5, 0.999]) {
    const waits: number[] = [];
    let alert = { attempts: 0, createdAt: START };
    for (let now = START; ; now += waits.at(-1)!) {
      const result = afterAttempt(
        alert,
        { delivered: false, status: 500, error: 'answered 500' },
        now,
        random,
      );
      if (result.nextAttemptAt === null) break;
      waits.push(result.nextAttemptAt - now);
      alert = { ...alert, attempts: result.attempts };
    }
    expect(waits).toHaveLength(9);
    expect(waits.reduce((sum, wait) => sum + wait)).toBeLessThan(24 * HOUR);
  }
});

test('a redirect is not followed', async () => {
  const repository = await openStore();
  const elsewhere = await startReceiver();
  const receiver = await startReceiver({ redirectTo: elsewhere.url });
  await repository.insert(alertOf('a'), START, START);
  const { log } = deliver(repository, receiver.url);
  await ended(repository, 1);
  expect(elsewhere.received).toEqual([]);
  expect(receiver.received).toHaveLength(2);
  expect(log.lines.join('\n')).toContain('answered 307; redirects are not followed');
});

test('a receiver that is not there is given up after ten attempts, and keeps nobody else waiting', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const repository = await openStore();
  await repository.insert(alertOf('a'), START, START);
  await repository.insert(alertOf('b', 'package:x'), START, START);
  const { log } = deliver(repository, `http://127.0.0.1:${port}/hooks/T0KEN`);
  for (const stored of await ended(repository, 2)) {
    expect(stored).toMatchObject({ attempts: 10, deliveredAt: null, lastStatus: null });
    expect(stored.lastError).toContain('ECONNREFUSED');
  }
  expect(log.lines.filter((line) => line.startsWith('alert given up'))).toHaveLength(2);
});

test('alerts of one subject arrive in their order; those of others do not wait for them', async () => {
  const repository = await openStore();
  const receiver = await startReceiver(500);
  await repository.insert(alertOf('stale'), START, START);
  await repository.insert(alertOf('recovered'), START, START);
  await repository.insert(alertOf('other', 'package:x'), START, START);
  deliver(repository, receiver.url);
  await ended(repository, 3);
  expect(receiver.received.map(({ body }) => JSON.parse(body).id)).toEqual([
    'stale',
    'other',
    'stale',
    'recovered',
  ]);
});

test('a restart in the middle of sending loses nothing and counts no attempt', async () => {
  const repository = await openStore();
  const receiver = await startReceiver('hang');
  await repository.insert(alertOf('a'), START, START);
  const first = deliver(repository, receiver.url, { limitMs: 60_000 });
  await expect.poll(() => receiver.received.length).toBe(1);
  await first.deliverer.stop();
  expect(await repository.list(1)).toMatchObject([{ attempts: 0, nextAttemptAt: START }]);
  deliver(repository, receiver.url);
  expect(await ended(repository, 1)).toMatchObject([{ attempts: 1, lastStatus: 200 }]);
  expect(receiver.received.map(({ headers }) => headers['x-paperdesk-alert'])).toEqual(['a', 'a']);
});

test('what waited for longer than a day because the service was away gets its attempt', async () => {
  const repository = await openStore();
  const receiver = await startReceiver();
  await repository.insert(alertOf('old'), START - 100 * HOUR, START - 100 * HOUR);
  deliver(repository, receiver.url);
  expect(await ended(repository, 1)).toMatchObject([{ deliveredAt: expect.any(Number) }]);
});

test('neither the secret nor the address is logged or stored', async () => {
  const repository = await openStore();
  const receiver = await startReceiver(500, 'reset', { redirectTo: 'http://127.0.0.1:9/T0KEN' });
  await repository.insert(alertOf('a'), START, START);
  const { log } = deliver(repository, receiver.url);
  const told = [...(await ended(repository, 1)).map((stored) => JSON.stringify(stored)), ...log.lines].join(
    '\n',
  );
  expect(log.lines.length).toBeGreaterThan(3);
  expect(told).not.toContain(SECRET);
  expect(told).not.toContain('T0KEN');
});
