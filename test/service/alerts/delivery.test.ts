// promise: docs/security.md "the receiver of alerts"

import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { NewAlert, StoredAlert } from '../../../src/alerts/alert.ts';
import { type AlertRepository, createAlertRepository } from '../../../src/alerts/alert-repository.ts';
import { afterAttempt, createDeliverer } from '../../../src/alerts/deliverer.ts';
import { createWebhook } from '../../../src/alerts/webhook.ts';
import { createInProcessJobs } from '../../../src/jobs/in-process-jobs.ts';
import { collectingLog } from '../../helper/log.ts';
import { openTestDatabase } from '../../helper/test-database.ts';
import { jumpingTime } from '../../helper/time.ts';
import { startReceiver } from '../../helper/webhook-receiver.ts';

const START = Date.parse('2026-11-26T00:00:00Z');
const HOUR = 3_600_000;
const SECRET = 'a long enough secret';

async function openStore(): Promise<AlertRepository> {
  const database = await openTestDatabase();
  return createAlertRepository(database);
}

function newAlert(id: string, subject = 'market:BTCUSDT'): NewAlert {
  return { id, kind: 'MARKET_STALE', subject, text: `About ${id}.`, details: { symbol: 'BTCUSDT' } };
}

function startDeliverer(
  repository: AlertRepository,
  url: string,
  { timeoutMs = 5000, secret = SECRET as string | null } = {},
) {
  const { clock: now, timers } = jumpingTime(START);
  const log = collectingLog();
  const send = createWebhook({ url, secret: secret ?? undefined, fetch, now, timeoutMs });
  const jobs = createInProcessJobs({ timers, log });
  createDeliverer({ jobs, repository, send, now, timers, log });
  onTestFinished(() => jobs.close());
  void jobs.start();
  return { jobs, log };
}

/** Waits until no attempt is left for this many alerts. */
async function finished(repository: AlertRepository, count: number): Promise<StoredAlert[]> {
  await expect
    .poll(
      async () => (await repository.list(100)).filter(({ nextAttemptAt }) => nextAttemptAt === null).length,
    )
    .toBe(count);
  return (await repository.list(100)).reverse();
}

test('a stored alert is sent once, with a signature over time and body', async () => {
  const repository = await openStore();
  const receiver = await startReceiver();
  expect(await repository.insert(newAlert('a'), START, START)).toBe(true);
  expect(await repository.insert(newAlert('a'), START + 1, START)).toBe(false);
  const { jobs } = startDeliverer(repository, receiver.url);
  const [stored] = await finished(repository, 1);
  expect(stored).toMatchObject({
    attempts: 1,
    lastStatus: 200,
    lastError: null,
    deliveredAt: expect.any(Number),
  });
  await jobs.close();

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

test('without a secret there is no signature', async () => {
  const repository = await openStore();
  const receiver = await startReceiver();
  await repository.insert(newAlert('a'), START, START);
  startDeliverer(repository, receiver.url, { secret: null });
  await finished(repository, 1);
  expect(receiver.received[0]!.headers).not.toHaveProperty('x-paperdesk-signature');
});

test('a receiver that fails, hangs, resets or drips gets the same body again, after longer and longer pauses', async () => {
  const repository = await openStore();
  const receiver = await startReceiver(500, 'hang', 'reset', 429, 'drip');
  await repository.insert(newAlert('a'), START, START);
  const { log } = startDeliverer(repository, receiver.url, { timeoutMs: 300 });
  const [stored] = await finished(repository, 1);
  // The dripping answer begins with 200; its body is not read.
  expect(stored).toMatchObject({ attempts: 5, lastStatus: 200, lastError: null });
  expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
  const times = receiver.received.map(({ headers }) => Number(headers['x-paperdesk-timestamp']));
  const pauses = times.slice(1).map((time, index) => time - times[index]!);
  expect(pauses.every((pause, index) => index === 0 || pause > 2 * pauses[index - 1]!)).toBe(true);
  expect(log.lines.join('\n')).toMatch(/no answer within 0.3 s/);
});

test('ten attempts are made within a day, whatever the jitter', () => {
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
  await repository.insert(newAlert('a'), START, START);
  const { log } = startDeliverer(repository, receiver.url);
  await finished(repository, 1);
  expect(elsewhere.received).toEqual([]);
  expect(receiver.received).toHaveLength(2);
  expect(log.lines.join('\n')).toContain('answered 307; redirects are not followed');
});

test('an unreachable receiver is given up after ten attempts, for each subject separately', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const repository = await openStore();
  await repository.insert(newAlert('a'), START, START);
  await repository.insert(newAlert('b', 'package:x'), START, START);
  const { log } = startDeliverer(repository, `http://127.0.0.1:${port}/hooks/T0KEN`);
  for (const stored of await finished(repository, 2)) {
    expect(stored).toMatchObject({ attempts: 10, deliveredAt: null, lastStatus: null });
    expect(stored.lastError).toContain('ECONNREFUSED');
  }
  expect(log.lines.filter((line) => line.startsWith('alert given up'))).toHaveLength(2);
});

test('alerts of one subject arrive in order; other subjects do not wait for them', async () => {
  const repository = await openStore();
  const receiver = await startReceiver(500);
  await repository.insert(newAlert('stale'), START, START);
  await repository.insert(newAlert('recovered'), START, START);
  await repository.insert(newAlert('other', 'package:x'), START, START);
  startDeliverer(repository, receiver.url);
  await finished(repository, 3);
  expect(receiver.received.map(({ body }) => JSON.parse(body).id)).toEqual([
    'stale',
    'other',
    'stale',
    'recovered',
  ]);
});

test('a restart during an attempt loses nothing and does not count the attempt', async () => {
  const repository = await openStore();
  const receiver = await startReceiver('hang');
  await repository.insert(newAlert('a'), START, START);
  const first = startDeliverer(repository, receiver.url, { timeoutMs: 60_000 });
  await expect.poll(() => receiver.received.length).toBe(1);
  await first.jobs.close();
  expect(await repository.list(1)).toMatchObject([{ attempts: 0, nextAttemptAt: START }]);
  startDeliverer(repository, receiver.url);
  expect(await finished(repository, 1)).toMatchObject([{ attempts: 1, lastStatus: 200 }]);
  expect(receiver.received.map(({ headers }) => headers['x-paperdesk-alert'])).toEqual(['a', 'a']);
});

test('an alert older than a day because the service was stopped still gets an attempt', async () => {
  const repository = await openStore();
  const receiver = await startReceiver();
  await repository.insert(newAlert('old'), START - 100 * HOUR, START - 100 * HOUR);
  startDeliverer(repository, receiver.url);
  expect(await finished(repository, 1)).toMatchObject([{ deliveredAt: expect.any(Number) }]);
});

test('neither the secret nor the address is logged or stored', async () => {
  const repository = await openStore();
  const receiver = await startReceiver(500, 'reset', { redirectTo: 'http://127.0.0.1:9/T0KEN' });
  await repository.insert(newAlert('a'), START, START);
  const { log } = startDeliverer(repository, receiver.url);
  const written = [
    ...(await finished(repository, 1)).map((stored) => JSON.stringify(stored)),
    ...log.lines,
  ].join('\n');
  expect(log.lines.length).toBeGreaterThan(3);
  expect(written).not.toContain(SECRET);
  expect(written).not.toContain('T0KEN');
});
