import { describe, expect, test } from 'vitest';
import type { WholePositionAnswer } from '../../../src/http/positions/schema.ts';
import type { MarksAnswer } from '../../../src/http/records/marks-schema.ts';
import type { AccountPipeline } from '../../../src/web/data/pipeline.ts';
import { equityPoints, pastForecasts, traded } from '../../../src/web/views/desk/chart/chart-answers.ts';
import {
  type ChartAddress,
  chartAddress,
  chartView,
  decisionAt,
  lengthsOf,
  longerLength,
} from '../../../src/web/views/desk/chart/chart-view.ts';
import { levelsOf, selectedRange } from '../../../src/web/views/desk/chart/plot-data.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const END = Date.parse('2026-11-26T18:45:00Z');
const iso = (time: number) => new Date(time).toISOString();

const quarterHourly: AccountPipeline = {
  ...{ decisionTimeframe: '15m', decisionMs: 15 * MINUTE },
  ...{ intrabarTimeframe: '3m', intrabarMs: 3 * MINUTE, maxHoldSteps: 192 },
};
const hourly: AccountPipeline = {
  ...{ decisionTimeframe: '1h', decisionMs: HOUR },
  ...{ intrabarTimeframe: '5m', intrabarMs: 5 * MINUTE, maxHoldSteps: 48 },
};

const NOWHERE: ChartAddress = { tf: undefined, range: undefined, at: undefined };
const view = (
  address: Partial<ChartAddress>,
  days: number | undefined,
  pipeline = quarterHourly,
  horizonMs = 2 * DAY,
) =>
  chartView(
    { ...NOWHERE, ...address },
    {
      pipeline,
      start: days === undefined ? undefined : END - days * DAY,
      end: END,
      horizonMs,
      isNarrow: false,
    },
  );

describe('what the chart shows at first', () => {
  test.each([
    ['the whole run up to 30 days', {}, 30, { range: 'all', from: END - 30 * DAY, timeframe: '4h' }],
    [
      'the newest 14 days of a longer one',
      {},
      31,
      { range: undefined, from: END - 14 * DAY, timeframe: '1h' },
    ],
    ['a day of one that has just begun', {}, 0.1, { range: 'all', from: END - DAY, timeframe: '15m' }],
    ['three days of the market without a run', {}, undefined, { from: END - 3 * DAY, timeframe: '15m' }],
    ['all of a long run, if asked', { range: 'all' }, 400, { from: END - 400 * DAY, timeframe: '4h' }],
    ['a week', { range: '7d' }, 400, { from: END - 7 * DAY, timeframe: '1h' }],
    ['three and a half days in quarters of an hour', {}, 3.5, { timeframe: '15m' }],
    ['four days, with the future 460 quarters of an hour, in hours', {}, 4, { timeframe: '1h' }],
    ['candles of the chosen length', { tf: '3m' }, 400, { timeframe: '3m', stepMs: 3 * MINUTE }],
  ] as const)('is %s', (_what, address, days, expected) => {
    expect(view(address, days)).toMatchObject(expected);
  });

  test.each([0.1, 3, 3.6, 4, 7, 14, 17, 30])(
    'does not offer longer candles at once for a run of %d days',
    (days) => {
      const { timeframe, from, to } = view({ range: 'all' }, days);
      expect(longerLength(quarterHourly, timeframe, to - from)).toBeUndefined();
    },
  );

  test.each([
    [14, 2 * DAY, 2],
    [30, 2 * DAY, 3.45],
    [3, 2 * DAY, 0.6],
    [14, 0, 1.61],
  ])(
    'of %d days and a forecast of %d ms leaves room for %d days of the future',
    (days, horizonMs, future) => {
      expect((view({}, days, quarterHourly, horizonMs).to - END) / DAY).toBeCloseTo(future, 9);
    },
  );

  test('is around a chosen instant, or the newest candles if it reaches them', () => {
    const at = END - 100 * DAY;
    expect(view({ at, range: '3d' }, 400)).toMatchObject({
      ...{ from: at - 1.5 * DAY, to: at + 1.5 * DAY },
      ...{ loadFrom: at - 3 * DAY, loadTo: at + 3 * DAY },
    });
    expect(view({ at: END - DAY, range: '3d' }, 400)).toMatchObject({
      from: END - 3 * DAY,
      loadTo: undefined,
    });
  });

  test('is never in shorter candles than are decided on, unless the reader asks', () => {
    expect(view({ range: '1d' }, 9, hourly)).toMatchObject({ timeframe: '1h' });
    expect(view({ range: '1d', tf: '5m' }, 9, hourly)).toMatchObject({ timeframe: '5m' });
  });
});

test('candles have the lengths that can be made of those decided on', () => {
  expect(lengthsOf(quarterHourly)).toEqual(['3m', '15m', '1h', '4h']);
  expect(lengthsOf(hourly)).toEqual(['5m', '1h', '4h']);
  expect(lengthsOf({ ...hourly, decisionTimeframe: '2h', decisionMs: 2 * HOUR })).toEqual(['5m', '2h', '4h']);
});

test.each([
  [420 * 15 * MINUTE, '15m', undefined],
  [421 * 15 * MINUTE, '15m', '1h'],
  [30 * DAY, '1h', '4h'],
  [365 * DAY, '4h', undefined],
])('of %d ms in candles of %s, %s shows fewer', (inView, timeframe, expected) => {
  expect(longerLength(quarterHourly, timeframe, inView)).toBe(expected);
});

test('the address is read, and what it does not know is ignored', () => {
  const read = (query: Record<string, string>) => chartAddress(query, quarterHourly);
  expect(read({ tf: '1h', range: '3d', at: iso(END) })).toEqual({ tf: '1h', range: '3d', at: END });
  expect(read({ tf: '7m', range: '1y', at: 'yesterday' })).toEqual(NOWHERE);
  expect(read({})).toEqual(NOWHERE);
});

test.each([
  ['itself', -30 * MINUTE, 15 * MINUTE, -15 * MINUTE],
  ['the newest one of an hour', -2 * HOUR, HOUR, -HOUR],
  ['the one that it is part of', -33 * MINUTE, 3 * MINUTE, -30 * MINUTE],
  ['the newest closed one, where its own is not closed', -3 * MINUTE, 3 * MINUTE, 0],
])('a click on a candle means the decision of %s', (_what, bar, step, expected) => {
  const day = Date.parse('2026-11-26T00:00:00Z');
  const newest = day + (step === 3 * MINUTE && bar === -3 * MINUTE ? 0 : HOUR);
  expect(decisionAt(day + bar, step, 15 * MINUTE, newest)).toBe(day + expected);
});

describe('answers', () => {
  const lot = (id: string, position_id: string, minutes: number, pnl: number) =>
    ({
      ...{ id, position_id, side: 'Long', close_reason: 'STOP_LOSS' },
      ...{ open_time: iso(END + minutes * MINUTE), close_time: iso(END + (minutes + 60) * MINUTE) },
      ...{ entry_price: 100 + minutes, exit_price: 90, realized_pnl_usdt: pnl },
    }) as NonNullable<MarksAnswer['lots']>[number];
  const position = (id: string, closed: boolean) =>
    ({
      ...{ id, side: 'Long', open_time: iso(END), close_time: closed ? iso(END + HOUR) : null },
      ...{ entry_price: 103, exit_price: closed ? 90 : null, realized_pnl_usdt: -7 },
    }) as WholePositionAnswer;

  test('of few lots are lines of lots, with positions that begin at the entry of their first lot', () => {
    const marks = { total: 2, lots: [lot('b', '1.4', 6, -4), lot('a', '1.4', 0, -3)], days: null };
    const { positions, lines, days } = traded(
      { items: [position('1.4', true), position('1.7', false)], total: 2 },
      marks,
    );
    expect(lines.map(({ positionId, entry, exit, pnl }) => [positionId, entry, exit, pnl])).toEqual([
      ['1.4', 106, 90, -4],
      ['1.4', 100, 90, -3],
    ]);
    expect(positions).toMatchObject([
      { id: '1.4', opened: END, closed: END + HOUR, entry: 100, pnl: -7 },
      { id: '1.7', closed: null, entry: 103, exit: null },
    ]);
    expect(days).toBeUndefined();
  });

  const day = { day: iso(END), lots: 500, winning_lots: 1, losing_lots: 2, gains_usdt: 3, losses_usdt: -4 };

  test('of many lots are lines of positions, and of many positions sums by day', () => {
    const marks = { total: 500, lots: null, days: [day] };
    expect(traded({ items: [position('1.4', true)], total: 1 }, marks).lines).toMatchObject([
      { positionId: '1.4', entry: 103, exit: 90 },
    ]);
    expect(traded({ items: [position('1.4', true)], total: 401 }, marks)).toEqual({
      ...{ positions: [], lines: [], days: [{ day: END, won: 3, lost: -4 }] },
    });
  });

  test('of equity are in percent of the initial balance; a drawdown of 0 is 0', () => {
    const point = (total_equity: number, holding_equity: number | null, worst_drawdown_pct: number) =>
      ({ time: iso(END), total_equity, holding_equity, worst_drawdown_pct }) as Parameters<
        typeof equityPoints
      >[0][number];
    const points = equityPoints([point(1000, 1000, 0), point(900, null, 10)], 1000);
    expect(points.map(({ account, holding, drawdown }) => [account, holding, drawdown])).toEqual([
      [0, 0, 0],
      [expect.closeTo(-10, 9), null, -10],
    ]);
    expect(Object.is(points[0]?.drawdown, 0)).toBe(true);
    expect(equityPoints([point(1000, 1000, 0)], 1000)).toEqual([]);
  });

  test('of past forecasts say what came of them, where that is known', () => {
    const past = (price: number | null, end_price: number | null, inside: boolean | null) => ({
      ...{ as_of: iso(END), price, end_price, inside, step_seconds: 900, end_at: iso(END + HOUR) },
      fan: [[4, -0.1, 0, 0.1]] as [number, number, number, number][],
    });
    const [known, open, ...others] = pastForecasts({
      items: [past(100, 109, true), past(100, null, null), past(null, 109, null)],
    });
    expect(known?.outcome).toEqual({ at: END + HOUR, price: 109, isInside: true });
    expect([...known!.fan.times]).toEqual([END, END + HOUR]);
    expect(open?.outcome).toBeUndefined();
    expect(others).toEqual([]);
  });

  test('of open lots are one entry, stop and target, weighted by size', () => {
    const open = (size_usdt: number, entry_price: number) =>
      ({
        size_usdt,
        entry_price,
        stop_loss: entry_price - 10,
        take_profit: 200,
        open_time: iso(END),
      }) as Parameters<typeof levelsOf>[0][number];
    expect(levelsOf([open(300, 100), open(100, 120)])).toEqual({
      from: END,
      entry: 105,
      stop: 95,
      target: 200,
    });
    expect(levelsOf([])).toBeUndefined();
  });
});

describe('what is selected', () => {
  const positions = [
    { id: '1.4', side: 'Long', opened: 5, closed: null, entry: 1, exit: null, pnl: 0 },
  ] as const;
  const range = (selection: Parameters<typeof selectedRange>[0]) =>
    selectedRange(selection, positions, 15 * MINUTE, 99);

  test('is a candle, a position, or one that is not loaded', () => {
    expect(range({ candle: iso(END) })).toEqual([END - 15 * MINUTE, END]);
    expect(range({ position: '1.4' })).toEqual([5, 99]);
    expect(range({ position: '1.2', during: [iso(END), iso(END + HOUR)] })).toEqual([END, END + HOUR]);
    expect(range({ position: '1.2' })).toBeUndefined();
    expect(range({ candle: 'nonsense' })).toBeUndefined();
    expect(range({})).toBeUndefined();
  });
});
