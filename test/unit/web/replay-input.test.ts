import { expect, test } from 'vitest';
import { replayRequest } from '../../../src/http/replays/schema.ts';
import { datesOf, daysUntil, lengthOf } from '../../../src/web/format/day-range.ts';
import {
  ACCOUNT_RULES,
  type ReplayInput,
  replayFields,
  TRAINING_RULES,
} from '../../../src/web/views/compare/replay-input.ts';

const DAY_MS = 24 * 3_600_000;
const INPUT: ReplayInput = {
  modelIds: ['alpha', 'beta'],
  ...daysUntil(Date.parse('2026-11-26T09:14:59.999Z'), 7),
  balance: '',
  label: '  ',
  decided: 'all',
  rules: ACCOUNT_RULES,
};

test('a range ends with the last whole UTC day', () => {
  expect(INPUT).toMatchObject({ firstDay: '2026-11-19', lastDay: '2026-11-25' });
  expect(daysUntil(Date.parse('2026-11-26T00:00:00Z'), 1)).toEqual({
    firstDay: '2026-11-25',
    lastDay: '2026-11-25',
  });
});

test('the first and the last day are part of a range', () => {
  expect(lengthOf(INPUT)).toBe(7);
  expect(lengthOf({ firstDay: '2026-11-25', lastDay: '2026-11-25' })).toBe(1);
  expect(lengthOf({ firstDay: '2026-11-26', lastDay: '2026-11-25' })).toBeUndefined();
  expect(lengthOf({ firstDay: '', lastDay: '2026-11-25' })).toBeUndefined();
});

test('empty fields are left out of the request', () => {
  expect(replayFields(INPUT)).toEqual({});
});

test.each([
  ['nothing', INPUT],
  [
    'everything',
    {
      ...INPUT,
      balance: '2500.5',
      label: ' one ',
      decided: 'account',
      rules: { ...TRAINING_RULES, max_positions: '3' },
    },
  ],
] as const)('the service accepts a request with %s set', (_, input) => {
  const request = replayRequest.parse({
    model_ids: input.modelIds,
    ...datesOf(input),
    ...replayFields(input),
  });
  expect(request.to - request.from).toBe(7 * DAY_MS);
  if (input.decided === 'account') {
    expect(request).toMatchObject({
      initial_balance: 2500.5,
      label: 'one',
      decided: 'account',
      max_positions: 3,
      settings: { opposite: 'hold', stop_gap: 'stop', hold_clock: 'training', funding: false, kill_level: 0 },
    });
  }
});
