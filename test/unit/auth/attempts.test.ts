import { beforeEach, describe, expect, test } from 'vitest';
import { type Attempts, createAttempts } from '../../../src/auth/attempts.ts';

describe('wrong passwords', () => {
  let now = 1_000_000;
  let attempts: Attempts;
  beforeEach(() => {
    attempts = createAttempts(() => now);
  });

  /** Seconds to wait; 0 when the attempt may be made. */
  function waitOf(address: string): number {
    try {
      attempts.begin(address);
      return 0;
    } catch (error) {
      return (error as { retryAfterSeconds: number }).retryAfterSeconds;
    }
  }

  test('of one address make each wait twice as long, up to a minute', () => {
    for (let i = 0; i < 5; i++) expect(waitOf('a')).toBe(0);
    const waits: number[] = [];
    for (let i = 0; i < 9; i++) {
      const wait = waitOf('a');
      waits.push(wait);
      now += wait * 1000;
      expect(waitOf('a')).toBe(0);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
    expect(waitOf('b')).toBe(0);
  });

  test('of many addresses make everyone wait, at most five seconds', () => {
    for (let i = 0; i < 40; i++) {
      now += waitOf(`address ${i}`) * 1000;
    }
    expect(waitOf('yet another')).toBeGreaterThan(0);
    expect(waitOf('yet another')).toBeLessThanOrEqual(5);
  });

  test('are forgotten after 15 minutes, and after the right password', () => {
    for (let i = 0; i < 5; i++) waitOf('a');
    expect(waitOf('a')).toBe(1);
    now += 16 * 60_000;
    for (let i = 0; i < 4; i++) expect(waitOf('a')).toBe(0);
    attempts.succeeded('a');
    for (let i = 0; i < 5; i++) expect(waitOf('a')).toBe(0);
  });
});
