import { describe, expect, test } from 'vitest';
import type { DashboardAnswer } from '../../../src/http/dashboard/schema.ts';
import type { ReplayAnswer } from '../../../src/http/replays/schema.ts';
import { replayName, replayToOpen } from '../../../src/web/views/desk/run.ts';

const live = (lots: number, days: number) => ({ counts: { lots, days } }) as DashboardAnswer['performance'];
const replay = (id: string, days: number | undefined) =>
  ({ id, result: days === undefined ? null : { performance: { counts: { days } } } }) as ReplayAnswer;

describe('the run that the desk opens', () => {
  test('is the replay with the most days, the newest of equal ones', () => {
    const replays = [replay('running', undefined), replay('new', 14), replay('old', 14), replay('short', 2)];
    expect(replayToOpen(live(0, 0), replays)?.id).toBe('new');
    expect(replayToOpen(live(29, 13), replays)?.id).toBe('new');
  });

  test('is the live account once it has 30 lots, or where no replay has more days', () => {
    expect(replayToOpen(live(30, 1), [replay('a', 14)])).toBeUndefined();
    expect(replayToOpen(live(2, 14), [replay('a', 14)])).toBeUndefined();
    expect(replayToOpen(live(0, 0), [replay('two hours', 0), replay('failed', undefined)])).toBeUndefined();
    expect(replayToOpen(live(0, 0), [])).toBeUndefined();
  });

  test('has its label as its name, else its days', () => {
    const range = { from: '2026-11-15T00:00:00Z', to: '2026-11-29T00:00:00Z' };
    expect(replayName({ ...range, label: null })).toBe('Replay 15–29 Nov');
    expect(replayName({ ...range, label: 'Without stops' })).toBe('Without stops');
  });
});
