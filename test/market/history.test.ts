import { describe, expect, test } from 'vitest';
import { TIMEFRAME_MS } from '../../src/candle.ts';
import { CANDLE, counts, gunzipJson, MINUTE, openDesk, quickTimers, shippedRecording, walk } from './helper.ts';

interface GoldenCase {
  readonly candles: readonly (readonly number[])[];
  readonly funding: readonly (readonly number[])[];
  readonly last_open_time_ms: number;
  readonly close: number;
}

const WEEKS = 4 * 7 * 24 * 60 * MINUTE;
const golden = (gunzipJson('golden/alpha.json.gz') as { cases: GoldenCase[] }).cases;
/** Thursday, a minute into a candle. */
const NOW = Date.UTC(2025, 10, 27, 10, 16);

const rowsOf = (candles: readonly { openTime: number; open: number; high: number; low: number; close: number; volume: number }[]) =>
  candles.map(({ openTime, open, high, low, close, volume }) => [openTime, open, high, low, close, volume]);

describe('a window', () => {
  test.each(golden.map((window) => [new Date(window.last_open_time_ms).toISOString(), window] as const))(
    'that ends at %s equals the golden one',
    async (_name, expected) => {
      const { history } = await openDesk({ now: expected.last_open_time_ms + CANDLE + MINUTE });
      const window = await history.window('BTCUSDT');
      expect(rowsOf(window.candles)).toEqual(expected.candles);
      expect(window.funding.map(({ time, rate }) => [time, rate])).toEqual(expected.funding);
      expect(window.close).toBe(expected.close);
      expect(window.closeTime).toBe(expected.last_open_time_ms + CANDLE);
      expect(window.validity).toMatchObject({ ok: true, reason: null, ageMs: MINUTE, filled: 0 });
    },
  );
});
