import { expect, test } from 'vitest';
import { replayRequest } from '../../../src/http/replays/schema.ts';
import {
  ACCOUNT_RULES,
  RANGE_PRESETS,
  type ReplayInput,
  rangeEndingAt,
  replayRequestBody,
  roundedRange,
  TRAINING_RULES,
} from '../../../src/web/views/compare/replay-input.ts';

const CANDLE_MS = 15 * 60_000;
const INPUT: ReplayInput = {
  modelId: 'alpha',
  ...rangeEndingAt(Date.parse('2026-11-26T09:14:59.999Z'), RANGE_PRESETS[0]!.ms, CANDLE_MS),
  balance: '',
  label: '  ',
  decided: 'all',
  rules: ACCOUNT_RULES,
};

test('a range ends with the newest closed decision candle', () => {
  expect(INPUT).toMatchObject({ from: '2026-11-23T09:00', to: '2026-11-26T09:00' });
});

test('a range is rounded to the candles of another package', () => {
  const range = { from: '2026-11-23T09:45', to: '' };
  expect(roundedRange(range, 4 * CANDLE_MS)).toEqual({ from: '2026-11-23T09:00', to: '' });
});

test('empty fields are left out of the request', () => {
  expect(replayRequestBody(INPUT)).toEqual({
    model_id: 'alpha',
    from: '2026-11-23T09:00:00Z',
    to: '2026-11-26T09:00:00Z',
  });
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
  const request = replayRequest.parse(replayRequestBody(input));
  expect(request.to - request.from).toBe(RANGE_PRESETS[0]!.ms);
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
