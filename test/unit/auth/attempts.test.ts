// promise: docs/security.md "Guesses are slowed down"

import { beforeEach, describe, expect, test } from 'vitest';
import { type Attempts, createAttempts } from '../../../src/auth/attempts.ts';
import { createFailureRepository } from '../../../src/auth/failure-repository.ts';
import type { Database } from '../../../src/db/connection.ts';
import { openTestDatabase } from '../../helper/test-database.ts';

describe('wrong passwords', () => {
  let now = 1_000_000;
  let database: Database;
  let attempts: Attempts;
  const open = () => createAttempts(createFailureRepository(database), () => now);
  beforeEach(async () => {
    database = await openTestDatabase();
    attempts = open();
  });

  /** Seconds to wait; 0 when the attempt may be made. */
  async function waitOf(address: string): Promise<number> {
    try {
      await attempts.begin(address);
      return 0;
    } catch (error) {
      return (error as { retryAfterSeconds: number }).retryAfterSeconds;
    }
  }

  test('of one address make each wait twice as long, up to a minute', async () => {
    for (let i = 0; i < 5; i++) expect(await waitOf('a')).toBe(0);
    const waits: number[] = [];
    for (let i = 0; i < 9; i++) {
      const wait = await waitOf('a');
      waits.push(wait);
      now += wait * 1000;
      expect(await waitOf('a')).toBe(0);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
    expect(await waitOf('b')).toBe(0);
  });

  test('of many addresses make those wait who failed, at most five seconds', async () => {
    for (let i = 0; i < 40; i++) await waitOf(`address ${i}`);
    expect(await waitOf('address 7')).toBeGreaterThan(0);
    expect(await waitOf('address 7')).toBeLessThanOrEqual(5);
    expect(await waitOf('yet another')).toBe(0);
    expect(await waitOf('yet another')).toBeGreaterThan(0);
  });

  test('of others do not make those wait who logged in from there before', async () => {
    expect(await attempts.begin('desk')).toBe(false);
    await attempts.succeeded('desk');
    for (let i = 0; i < 40; i++) await waitOf(`address ${i}`);
    attempts = open();
    for (let i = 0; i < 5; i++) expect(await attempts.begin('desk')).toBe(true);
    // Its own wrong passwords do.
    expect(await waitOf('desk')).toBe(1);
  });

  test('that are refused for want of room are not counted', async () => {
    for (let i = 0; i < 10; i++) {
      const full = attempts.begin('a', () => {
        throw new Error('full');
      });
      await expect(full).rejects.toThrow('full');
    }
    expect(await waitOf('a')).toBe(0);
  });

  test('are forgotten after 15 minutes, and after the right password', async () => {
    for (let i = 0; i < 5; i++) await waitOf('a');
    expect(await waitOf('a')).toBe(1);
    now += 16 * 60_000;
    for (let i = 0; i < 4; i++) expect(await waitOf('a')).toBe(0);
    await attempts.succeeded('a');
    for (let i = 0; i < 5; i++) expect(await waitOf('a')).toBe(0);
  });

  test('are counted across restarts and nodes', async () => {
    for (let i = 0; i < 5; i++) {
      attempts = open();
      expect(await waitOf('a')).toBe(0);
    }
    attempts = open();
    expect(await waitOf('a')).toBe(1);
  });

  test('of 10,000 addresses are stored, and for 15 minutes', async () => {
    const stored = async () =>
      (await database.selectFrom('password_failures').select('address').execute()).map(
        ({ address }) => address,
      );
    const row = (index: number) => ({
      address: `old ${index}`,
      failures: 1,
      failed_at: now - 10_000 + index,
    });
    const rows = Array.from({ length: 10_000 }, (_, index) => row(index));
    for (let start = 0; start < rows.length; start += 1000) {
      await database
        .insertInto('password_failures')
        .values(rows.slice(start, start + 1000))
        .execute();
    }
    await waitOf('new');
    // The addresses, and the row of all together.
    expect(await stored()).toHaveLength(10_001);
    expect(await stored()).toContain('new');
    expect(await stored()).not.toContain('old 0');
    now += 16 * 60_000;
    await waitOf('newest');
    expect((await stored()).sort()).toEqual(['', 'newest']);
  });
});
