import { expect, test } from 'vitest';
import { PaperdeskError } from '../../../src/errors.ts';
import { createRecentErrors, withRecentErrors } from '../../../src/runtime/recent-errors.ts';

const SILENT = { info: () => {}, warn: () => {}, error: () => {} };

test('keeps the newest hundred different ones, newest first', () => {
  let now = 0;
  const recent = createRecentErrors(() => now);
  for (; now < 250; now++) {
    recent.add({ level: 'warn', where: 'here', code: null, text: `number ${now % 150}`, requestId: null });
  }
  const texts = recent.list().map(({ text }) => text);
  expect(texts).toHaveLength(100);
  expect(texts[0]).toBe('number 99');
  expect(recent.list()[0]).toMatchObject({ last: 249, times: 1 });
});

test('takes the sentences of our own errors, and of others only what the log line says', () => {
  const recent = createRecentErrors(() => 0);
  const log = withRecentErrors(SILENT, recent);
  log.warn(
    { err: new PaperdeskError('MARKET_UNAVAILABLE', 'The exchange does not answer.'), package: 'alpha' },
    'warm-up failed',
  );
  log.error({ err: new Error('secret path /home/somebody') }, 'an alert could not be stored');
  log.info({}, 'all is well');
  expect(recent.list()).toMatchObject([
    { level: 'error', where: 'service', code: null, text: 'An alert could not be stored.' },
    {
      level: 'warn',
      where: 'alpha',
      code: 'MARKET_UNAVAILABLE',
      text: 'Warm-up failed: The exchange does not answer.',
    },
  ]);
});
