import { describe, expect, it } from 'vitest';
import { camelKeys, snakeKeys } from '../../../src/runtime/key-case.ts';

describe('keys of an object', () => {
  it('become the names of columns and JSON fields', () => {
    expect(snakeKeys({ id: 'a', maxPositions: 3, float32Ms: 1 })).toEqual({
      ...{ id: 'a', max_positions: 3, float32_ms: 1 },
    });
  });

  it('become the names of the program', () => {
    expect(camelKeys({ id: 'a', last_as_of: 3, float32_ms: 1 })).toEqual({
      ...{ id: 'a', lastAsOf: 3, float32Ms: 1 },
    });
  });

  it('stay in order, and values stay the same objects', () => {
    const settings = { maxPositions: 3 };
    const row = snakeKeys({ updatedAt: 2, settings, createdAt: 1 });
    expect(Object.keys(row)).toEqual(['updated_at', 'settings', 'created_at']);
    expect(row.settings).toBe(settings);
  });
});
