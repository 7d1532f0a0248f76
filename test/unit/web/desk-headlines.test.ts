import { describe, expect, test } from 'vitest';
import type { AttributionSumsAnswer } from '../../../src/http/attribution/schema.ts';
import {
  barRow,
  confidenceGroups,
  hourGroups,
  reasonGroups,
} from '../../../src/web/views/desk/evidence/group-rows.ts';
import {
  calibrationHeadline,
  exitHeadline,
  groupsHeadline,
  histogramHeadline,
  lookAheadHeadline,
  originHeadline,
  periodHeadline,
  skillHeadline,
} from '../../../src/web/views/desk/evidence/headlines.ts';
import type { ForecastQuality } from '../../../src/web/views/desk/run.ts';

function sums(changes: Partial<AttributionSumsAnswer>): AttributionSumsAnswer {
  return {
    ...{ lots: 20, closed: 20, win_rate: 50, price_usdt: 0, entry_slippage_usdt: 0, exit_slippage_usdt: 0 },
    ...{
      stop_gap_usdt: 0,
      slippage_per_lot_usdt: 0,
      liquidation_usdt: 0,
      fees_usdt: 0,
      funding_usdt: 0,
      unknown_usdt: 0,
      unknown_lots: 0,
    },
    ...{ code: null, net_usdt: 0 },
    ...changes,
  };
}

describe('where the result came from', () => {
  test.each([
    [
      { price_usdt: -74, entry_slippage_usdt: -38, fees_usdt: -70, net_usdt: -182 },
      'Costs took 108 of the 182 lost',
    ],
    [{ price_usdt: 50, fees_usdt: -80, net_usdt: -30 }, 'Prices made 50, costs took 80'],
    [
      { price_usdt: 210, fees_usdt: -30, funding_usdt: -7, net_usdt: 173 },
      'Prices made 210, costs took 37 of it',
    ],
    [
      { price_usdt: -5, fees_usdt: -1, funding_usdt: 4, net_usdt: -2 },
      'Prices lost 5, funding brought more than costs took',
    ],
    [{ price_usdt: null, unknown_usdt: -12, net_usdt: -12 }, 'Lost 12; what prices did is not known'],
  ])('%j', (changes, headline) => {
    expect(originHeadline(sums(changes))).toBe(headline);
  });
});

describe('exits', () => {
  const group = (lots: number, net_usdt: number) => sums({ lots, net_usdt });

  test('compares what ended best with what ended worst', () => {
    expect(
      exitHeadline({ STOP_LOSS: group(69, -322), TAKE_PROFIT: group(18, 149), FLIP: group(6, -8) }),
    ).toBe('18 targets do not pay for 69 stops');
    expect(exitHeadline({ STOP_LOSS: group(9, -20), MANUAL: group(2, 30) })).toBe(
      '2 lots closed by manual pay for 9 stops',
    );
  });

  test('says how few there are, and where there is nothing to compare', () => {
    expect(exitHeadline({ OPEN: group(3, 5) })).toBe('No lot has ended yet');
    expect(exitHeadline({ STOP_LOSS: group(1, -5) })).toBe('Only 1 lot ended so far: too few to judge by');
    expect(exitHeadline({ STOP_LOSS: group(12, -5), FLIP: group(3, -1) })).toBe('Every kind of exit lost');
    expect(exitHeadline({ TAKE_PROFIT: group(12, 5) })).toBe('Every kind of exit made money');
  });

  test('are listed from the largest loss, open lots last', () => {
    const rows = reasonGroups({ OPEN: group(1, -900), TAKE_PROFIT: group(2, 4), STOP_LOSS: group(3, -7) });
    expect(rows.map(barRow)).toEqual([
      { label: 'Stop (3)', amount: -7 },
      { label: 'Target (2)', amount: 4 },
      { label: 'Still open (1)', amount: -900 },
    ]);
  });
});

describe('groups of lots', () => {
  test('by hour are quarters of the day', () => {
    const groups = {
      '00': sums({ lots: 2, net_usdt: 3 }),
      '05': sums({ lots: 1, net_usdt: -1 }),
      '23': sums({ lots: 4 }),
    };
    expect(hourGroups(groups)).toEqual([
      { label: '00 to 06', lots: 3, amount: 2 },
      { label: '18 to 24', lots: 4, amount: 0 },
    ]);
  });

  test('by agreement are in order, those without a decision first', () => {
    const groups = { '90': sums({ lots: 1 }), '50': sums({ lots: 2 }), none: sums({ lots: 3 }) };
    expect(confidenceGroups(groups).map(({ label }) => label)).toEqual([
      'Without',
      '50 to 55',
      '90 and more',
    ]);
  });

  test('are compared only where there are enough', () => {
    const a = { label: 'a', lots: 8, amount: -4 };
    const b = { label: 'b', lots: 12, amount: 6 };
    expect(groupsHeadline([{ ...a, lots: 4 }], 'hour')).toBe('Too few lots to compare by hour: 4 of 10');
    expect(groupsHeadline([], 'hour')).toBe('Too few lots to compare by hour: 0 of 10');
    expect(groupsHeadline([b], 'hour')).toBe('All lots have the same hour: b');
    expect(groupsHeadline([a, b], 'hour')).toBe('The hour a lost most, but has only 8 lots');
    expect(groupsHeadline([a, { ...b, amount: -1 }], 'hour')).toBe('No hour earned anything');
    expect(groupsHeadline([b, { ...a, amount: 0 }], 'hour')).toBe('No hour lost anything');
  });
});

test('days are counted by their sign', () => {
  const days = [3, -1, 0, 0, -2].map((pnl_usdt, day) => ({
    period: `2026-11-0${day + 1}`,
    pnl_usdt,
    candles: 96,
  }));
  expect(periodHeadline(days, 'day')).toBe('Losses on 2 days, gains on 1, nothing on 2');
});

describe('the histogram', () => {
  test.each([
    [
      { width_pct: 2, first_bin: -4, counts: [5, 25, 40, 5, 2, 3, 13] },
      'Half of the lots lose 2 to 6 % of their margin',
    ],
    [{ width_pct: 1, first_bin: 0, counts: [10, 9, 1] }, 'Half of the lots make 0 to 1 % of their margin'],
    [{ width_pct: 0.5, first_bin: -1, counts: [5, 5] }, 'Half of the lots lose 0.0 to 0.5 % of their margin'],
    [
      { width_pct: 1, first_bin: -1, counts: [4, 3, 4] },
      'Half of the lots end between −1 and +1 % of their margin',
    ],
    [{ width_pct: 1, first_bin: -1, counts: [4, 3] }, 'Only 7 lots so far: too few to see a shape'],
  ])('%j', (histogram, headline) => {
    expect(histogramHeadline(histogram)).toBe(headline);
  });
});

describe('forecasts', () => {
  const quality = (...horizons: object[]) => ({ horizons }) as unknown as ForecastQuality;
  const at = (horizon_hours: number, coverage_verdict: string, skill_verdict: string) => ({
    ...{ horizon_hours, coverage_verdict, skill_verdict, independent: 7 },
  });

  test('are judged by the verdicts of the service', () => {
    const few = at(48, 'FEW_INDEPENDENT', 'FEW_INDEPENDENT');
    expect(calibrationHeadline(quality(few))).toBe('Cannot be told yet: 7 of 10 independent outcomes');
    expect(skillHeadline(quality(few))).toBe('Skill cannot be told yet: 7 of 20 independent outcomes');
    const good = at(1, 'IN_LINE', 'BETTER');
    expect(calibrationHeadline(quality(good))).toBe('As many prices inside the band as promised');
    expect(calibrationHeadline(quality(good, few))).toBe(
      'As many prices inside the band as promised after 1 h; the rest is too early to tell',
    );
    expect(calibrationHeadline(quality(good, at(4, 'TOO_NARROW', 'WORSE')))).toBe(
      'The band is too narrow after 4 h',
    );
    expect(calibrationHeadline(quality(good, at(12, 'TOO_WIDE', 'WORSE')))).toBe(
      'The band is too wide after 12 h',
    );
    expect(skillHeadline(quality(good, few))).toBe('Better than past returns after 1 h');
    expect(skillHeadline(quality(good, at(4, 'IN_LINE', 'WORSE')))).toBe(
      'Better than past returns after 1 h, worse after 4 h',
    );
    expect(skillHeadline(quality(at(4, 'IN_LINE', 'WORSE')))).toBe('Worse than past returns after 4 h');
    expect(skillHeadline(quality(at(4, 'IN_LINE', 'NO_DIFFERENCE')))).toBe(
      'No difference from past returns can be told',
    );
  });
});

test('the look-ahead check says how many decisions differ', () => {
  expect(lookAheadHeadline({ candles_checked: 551, candles_equal: 551, first_difference: null })).toBe(
    'All of 551 decisions are the same without later candles',
  );
  expect(lookAheadHeadline({ candles_checked: 551, candles_equal: 550, first_difference: null })).toBe(
    '1 of 551 decisions depend on later candles',
  );
});
