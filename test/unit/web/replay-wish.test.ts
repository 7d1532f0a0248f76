import { expect, test } from 'vitest';
import { replayRequest } from '../../../src/http/replays/schema.ts';
import {
  NO_RULES,
  RANGE_PRESETS,
  type ReplayWish,
  rangeEndingAt,
  requestOf,
  TRAINING_RULES,
} from '../../../src/web/views/compare/replay-wish.ts';

const WISH: ReplayWish = {
  modelId: 'alpha',
  ...rangeEndingAt(Date.parse('2026-11-26T09:14:59.999Z'), RANGE_PRESETS[0]!.ms),
  balance: '',
  label: '  ',
  decided: 'all',
  rules: NO_RULES,
};

test('a range ends with the last quarter of an hour that is over', () => {
  expect(WISH).toMatchObject({ from: '2026-11-23T09:00', to: '2026-11-26T09:00' });
});

test('what is left open is left out', () => {
  expect(requestOf(WISH)).toEqual({
    model_id: 'alpha',
    from: '2026-11-23T09:00:00Z',
    to: '2026-11-26T09:00:00Z',
  });
});

test.each([
  ['nothing', WISH],
  [
    'everything',
    {
      ...WISH,
      balance: '2500.5',
      label: ' one ',
      decided: 'account',
      rules: { ...TRAINING_RULES, max_positions: '3' },
    },
  ],
] as const)('the service takes a request with %s chosen', (_, wish) => {
  const request = replayRequest.parse(requestOf(wish));
  expect(request.to - request.from).toBe(RANGE_PRESETS[0]!.ms);
  if (wish.decided === 'account') {
    expect(request).toMatchObject({
      initial_balance: 2500.5,
      label: 'one',
      decided: 'account',
      max_positions: 3,
      settings: { opposite: 'hold', stop_gap: 'stop', hold_clock: 'training', funding: false, kill_level: 0 },
    });
  }
});
