import { expect, test } from 'vitest';
import { startOf } from '../../../src/web/charts/forecast-points.ts';
import { forecastAt, insteadSentence } from '../../../src/web/views/desk/forecast-at.ts';

const HOUR = 3_600_000;
const MADE = Date.parse('2026-11-25T16:00:00Z');
/** A forecast of two hours. */
const page = {
  items: [
    {
      as_of: '2026-11-25T16:00:00Z',
      price: 100,
      fan: [
        [1, -0.1, 0, 0.1],
        [2, -0.2, 0, 0.2],
      ] as [number, number, number, number][],
      step_seconds: 3600,
      ...{ end_at: '2026-11-25T18:00:00Z', end_price: null, inside: null },
    },
  ],
};
const sentenceAt = (at: number) => insteadSentence(new Date(at).toISOString(), forecastAt(page, at));

test('the forecast of a candle needs no words', () => expect(sentenceAt(MADE)).toBeUndefined());

test('in place of one that is not kept stands the one before, with its time, while it looks ahead', () => {
  expect(startOf(forecastAt(page, MADE + 1.75 * HOUR)!)).toBe(MADE);
  expect(sentenceAt(MADE + 1.75 * HOUR)).toBe(
    'Not every forecast is kept. The chart shows the one before, of 25 Nov 16:00, 1 h 45 min earlier.',
  );
});

test('a forecast that is over by then is no substitute', () => {
  expect(sentenceAt(MADE + 2 * HOUR)).toBe('No forecast of this candle is kept.');
  expect(forecastAt({ items: [] }, MADE)).toBeNull();
});
