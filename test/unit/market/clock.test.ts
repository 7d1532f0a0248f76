import { describe, expect, test } from 'vitest';
import { createExchangeClock } from '../../../src/market/exchange/clock.ts';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 10, 22);

/** Two clocks and an exchange that answers after 300 ms, during which ours may change. */
function clocks() {
  const state = { ours: NOW, elapsed: 0, ahead: 0 };
  const pass = (ms: number) => {
    state.ours += ms;
    state.elapsed += ms;
  };
  const meanwhile: (() => void)[] = [];
  const clock = createExchangeClock(
    () => state.ours,
    () => state.elapsed,
    async () => {
      pass(100);
      const time = state.ours + state.ahead;
      meanwhile.shift()?.();
      pass(200);
      return time;
    },
  );
  return { state, pass, meanwhile, clock };
}

describe('the clock of the exchange', () => {
  test('is known within the duration of the request', async () => {
    const { clock, state } = clocks();
    state.ahead = 2000;
    await clock.measure();
    expect(clock.latest()).toBeGreaterThanOrEqual(state.ours + 2000);
    expect(clock.latest()).toBeLessThanOrEqual(state.ours + 2000 + 300);
    expect(clock.earliest()).toBe(state.ours);
    expect(clock.status()).toMatchObject({ bad: false, detail: expect.stringContaining('agree within') });
  });

  test.each([7 * 24 * HOUR, -7 * 24 * HOUR])(
    'is measured again when ours jumps by %i ms during the request',
    async (jump) => {
      const { clock, state, meanwhile } = clocks();
      meanwhile.push(() => {
        state.ours += jump;
      });
      await clock.measure();
      expect(Math.abs(clock.latest() - state.ours)).toBeLessThanOrEqual(300);
      expect(Math.abs(clock.earliest() - state.ours)).toBeLessThanOrEqual(300);
      expect(clock.status().bad).toBe(false);
    },
  );

  test('is measured again after ours was set, and after an unexpected answer', async () => {
    const { clock, state, pass } = clocks();
    await clock.measure();
    state.ours += HOUR;
    state.ahead = -HOUR;
    await clock.measure();
    expect(clock.status()).toMatchObject({ bad: true, detail: expect.stringContaining('3600.') });
    expect(clock.earliest()).toBeLessThanOrEqual(state.ours - HOUR);
    state.ours -= HOUR;
    state.ahead = 0;
    pass(20_000);
    await clock.measure();
    expect(clock.status().bad).toBe(false);
  });
});
