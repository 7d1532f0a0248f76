// promise: docs/security.md "One client cannot use up what all share"

import { pino } from 'pino';
import { expect, test } from 'vitest';
import { PaperdeskError } from '../../../src/errors.ts';
import { errorForLog } from '../../../src/runtime/error-for-log.ts';
import { createRecentErrors, withRecentErrors } from '../../../src/runtime/recent-errors.ts';
import { withoutRepeats } from '../../../src/runtime/without-repeats.ts';
import { collectingLog } from '../../helper/log.ts';

const MESSAGE = 'candles could not be brought up to date';
const failure = (seconds: number) =>
  new PaperdeskError('MARKET_UNAVAILABLE', `The exchange does not answer; next try in ${seconds} s.`);

test('an error that repeats is one line in ten minutes, and the next one says how many there were', () => {
  let now = 0;
  const lines = collectingLog();
  const recent = createRecentErrors(() => now);
  const log = withRecentErrors(
    withoutRepeats(lines, () => now),
    recent,
  );
  for (; now < 9 * 60_000; now += 30_000)
    log.warn({ symbol: 'BTCUSDT', openTime: now, err: failure(now / 1000) }, MESSAGE);
  expect(lines.lines).toHaveLength(1);
  log.warn({ symbol: 'ETHUSDT', err: failure(1) }, MESSAGE);
  log.warn({ symbol: 'BTCUSDT', err: new Error('another') }, MESSAGE);
  log.error({ symbol: 'BTCUSDT', err: failure(1) }, MESSAGE);
  expect(lines.lines).toHaveLength(4);
  now += 11 * 60_000;
  log.warn({ symbol: 'BTCUSDT', err: failure(1) }, MESSAGE);
  expect(lines.lines).toHaveLength(5);
  expect(lines.lines[4]).toContain('"repeats":17');
  // The page shows all of them.
  expect(recent.list().reduce((sum, { times }) => sum + times, 0)).toBe(22);
});

test('lines without an error are all written', () => {
  const lines = collectingLog();
  const log = withoutRepeats(lines, () => 0);
  for (let count = 0; count < 3; count++) {
    log.warn({ gone: 'node a' }, 'a node died or left');
    log.info({ err: new Error('expected') }, 'done');
  }
  expect(lines.lines).toHaveLength(6);
});

test('an error of the exchange is one short line, whatever the exchange answered', () => {
  let text = '';
  const write = (line: string) => {
    text += line;
  };
  const log = pino({ serializers: { err: errorForLog } }, { write });
  const answer = new Error(`binanceusdm GET 502 <html>\n${'<p>busy</p>\n'.repeat(100_000)}`);
  const err = new PaperdeskError('MARKET_UNAVAILABLE', 'binanceusdm did not give the candles.', {
    cause: answer,
  });
  log.warn({ err }, MESSAGE);
  expect(text.trim().split('\n')).toHaveLength(1);
  expect(text.length).toBeLessThan(1000);
  expect(JSON.parse(text).err).toEqual({
    type: 'PaperdeskError',
    code: 'MARKET_UNAVAILABLE',
    message: 'binanceusdm did not give the candles.',
    cause: expect.stringMatching(/^binanceusdm GET 502 <html> <p>busy/),
  });

  text = '';
  log.error({ err: answer }, 'unexpected');
  expect(text.length).toBeLessThan(12_000);
  expect(JSON.parse(text).err).toMatchObject({
    type: 'Error',
    stack: expect.stringContaining('binanceusdm'),
  });
});
