import { describe, expect, test } from 'vitest';
import { labelPrice } from '../../../src/web/charts/canvas-text.ts';
import {
  type ChartPosition,
  labeledPositions,
  positionLines,
} from '../../../src/web/charts/chart-position.ts';
import {
  bandOpacity,
  drawnPoints,
  endOf,
  fanOf,
  fanOfSteps,
  lineOpacity,
  quantilesAt,
  startOf,
} from '../../../src/web/charts/forecast-points.ts';
import { type Box, placeLabels, pushApart } from '../../../src/web/charts/place-labels.ts';
import { barAt, emptyBars, gridOver, lastOfEachBar, timeAt } from '../../../src/web/charts/time-grid.ts';
import { utcDayHour } from '../../../src/web/format/time.ts';

const START = Date.parse('2026-11-26T00:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('the bars of a chart', () => {
  const grid = gridOver(START + 10 * MINUTE, START + 3 * HOUR + 1, HOUR);

  test('cover a range at whole multiples of their length', () => {
    expect(grid).toEqual({ start: START, step: HOUR, bars: 4 });
    expect(emptyBars(grid).map(({ time }) => time)).toEqual(
      [0, 1, 2, 3].map((bar) => START / 1000 + bar * 3600),
    );
    expect(gridOver(START, START, HOUR).bars).toBe(1);
  });

  test('reach half a bar to both sides of their middle', () => {
    expect(barAt(grid, START)).toBe(-0.5);
    expect(barAt(grid, START + HOUR)).toBe(0.5);
    for (const time of [START - 99, START + 12_345, START + 9 * HOUR])
      expect(timeAt(grid, barAt(grid, time))).toBe(time);
  });

  test('have the last point that was known at their end', () => {
    const at = (minutes: number) => ({ time: START + minutes * MINUTE, minutes });
    const known = lastOfEachBar(grid, [at(-61), at(0), at(15), at(60), at(61), at(180), at(240), at(241)]);
    expect(known.map(({ time, point }) => [time - START / 1000, point.minutes])).toEqual([
      [0, 60],
      [3600, 61],
      [7200, 180],
      [10_800, 240],
    ]);
  });
});

describe('a forecast', () => {
  test.each([15, 60])('of candles of %d min has one point per candle', (minutes) => {
    const fan = fanOf({
      asOf: new Date(START).toISOString(),
      price: 1000,
      stepMs: minutes * MINUTE,
      values: [
        [-0.01, 0, 0.01],
        // These quantiles cross.
        [0.2, 0, Math.log(1.1)],
      ],
    });
    const step = minutes * MINUTE;
    expect([...fan.times]).toEqual([START, START + step, START + 2 * step]);
    expect([startOf(fan), endOf(fan)]).toEqual([START, START + 2 * step]);
    expect(quantilesAt(fan, START)).toEqual([1000, 1000, 1000]);
    expect(fan.low[2]).toBe(1000);
    expect(fan.mid[2]).toBeCloseTo(1100, 9);
    expect(fan.high[2]).toBeCloseTo(1000 * Math.exp(0.2), 9);
  });

  const fan = fanOfSteps(START, 100, HOUR, [
    [1, 0, 0, Math.log(1.2)],
    [4, Math.log(0.9), 0, Math.log(1.4)],
  ]);

  test('with some steps is straight between them, and has nothing outside', () => {
    expect([...fan.times]).toEqual([START, START + HOUR, START + 4 * HOUR]);
    const [low, mid, high] = quantilesAt(fan, START + 2.5 * HOUR)!;
    expect([low, mid, high].map((value) => Number(value.toFixed(9)))).toEqual([95, 100, 130]);
    expect(quantilesAt(fan, START - 1)).toBeUndefined();
    expect(quantilesAt(fan, START + 4 * HOUR + 1)).toBeUndefined();
  });

  test('is drawn with no more points than can be told apart, and to both edges of the view', () => {
    const long = fanOf({
      asOf: new Date(START).toISOString(),
      ...{ price: 1, stepMs: HOUR, values: Array.from({ length: 48 }, () => [0, 0, 0] as const) },
    });
    const hours = (from: number, to: number, least: number) =>
      drawnPoints(long, START + from * HOUR, START + to * HOUR, least * HOUR);
    expect(hours(-10, 100, 0)).toHaveLength(49);
    expect(hours(-10, 100, 12)).toEqual([0, 12, 24, 36, 48]);
    expect(hours(-10, 100, 20)).toEqual([0, 20, 40, 48]);
    expect(hours(10.5, 12.5, 0)).toEqual([10, 11, 12, 13]);
    expect(hours(47.5, 60, 0)).toEqual([47, 48]);
  });

  test('is paler the older it is, but never gone', () => {
    expect([1, 2, 3].map((age) => bandOpacity(age).toFixed(4))).toEqual(['0.1600', '0.1248', '0.0973']);
    expect([bandOpacity(5), bandOpacity(500)]).toEqual([0.06, 0.06]);
    expect(lineOpacity(1)).toBe(0.7);
    expect(lineOpacity(500)).toBe(0.25);
  });
});

describe('labels', () => {
  const AREA = { width: 400, height: 200 };
  const label = (x: number, top: number, bottom = top + 20) => ({ x, top, bottom, width: 50, height: 17 });
  const overlap = (a: Box, b: Box) =>
    a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

  test('are above what they belong to, and higher where another label is', () => {
    expect(placeLabels([label(10, 100), label(30, 100)], AREA)).toEqual([
      { x: 10, y: 75, width: 50, height: 17 },
      { x: 30, y: 56, width: 50, height: 17 },
    ]);
  });

  test('are placed from left to right, whatever their order', () => {
    const [right, left] = placeLabels([label(30, 100), label(10, 100)], AREA);
    expect([left?.y, right?.y]).toEqual([75, 56]);
  });

  test('go below where there is no room above, and leave free what is taken', () => {
    const taken = { x: 0, y: 0, width: 400, height: 90 };
    expect(placeLabels([label(10, 100)], AREA, [taken])).toEqual([{ x: 10, y: 128, width: 50, height: 17 }]);
  });

  test('stay within the chart, or are left out', () => {
    expect(placeLabels([label(-30, 5), label(390, 100)], AREA)).toMatchObject([{ x: 1 }, { x: 349 }]);
    expect(placeLabels([label(10, 100)], AREA, [{ x: 0, y: 0, ...AREA }])).toEqual([undefined]);
  });

  test('never lie on each other', () => {
    const crowd = Array.from({ length: 40 }, (_, index) => label((index * 37) % 390, (index * 53) % 180));
    const boxes = placeLabels(crowd, AREA).filter((box) => box !== undefined);
    expect(boxes.length).toBeGreaterThan(20);
    for (const [index, a] of boxes.entries()) {
      expect(a.y >= 0 && a.y + a.height <= AREA.height).toBe(true);
      for (const b of boxes.slice(index + 1)) expect(overlap(a, b), JSON.stringify([a, b])).toBe(false);
    }
  });

  test('of levels are pushed apart within the range, in their order', () => {
    expect(pushApart([50, 10, 100], 20, 0, 200)).toEqual([50, 10, 100]);
    expect(pushApart([50, 45, 52], 20, 0, 200)).toEqual([65, 45, 85]);
    expect(pushApart([195, 190, 199], 20, 0, 200)).toEqual([180, 160, 200]);
    expect(pushApart([-50, -40, 400], 20, 10, 200)).toEqual([10, 30, 200]);
    expect(pushApart([], 20, 0, 200)).toEqual([]);
  });
});

describe('positions', () => {
  const position = (id: string, pnl: number, closed: number | null = 2): ChartPosition => ({
    ...{ id, side: 'Long', opened: 1, closed, entry: 10, exit: closed === null ? null : 11, pnl },
  });
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) => position(`1.${index}`, index - 30));

  test('have labels when they are closed; of more than 40 in view the ten with the largest results', () => {
    expect(labeledPositions([...many(39), position('open', 900, null)])).toHaveLength(39);
    const largest = labeledPositions([...many(40), position('open', 900, null)]).map(({ pnl }) => pnl);
    expect(largest).toEqual([-30, -29, -28, -27, -26, -25, -24, -23, -22, -21]);
  });

  test('are one line each where lots are too many', () => {
    expect(positionLines([position('1.0', 5), position('1.1', 6, null)])).toMatchObject([
      { positionId: '1.0', opened: 1, closed: 2, entry: 10, exit: 11, pnl: 5 },
    ]);
  });
});

test('labels have days and prices without what is not needed', () => {
  expect(utcDayHour(START + 18.75 * HOUR)).toBe('26 Nov 18:45');
  expect([91_668.7, 1234.4, 999.99, 0.000012].map(labelPrice)).toEqual([
    '91,669',
    '1,234',
    '999.99',
    '0.000012',
  ]);
});
