import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accountOfLegacyRow } from '../../../src/tools/import-legacy/legacy-account.ts';
import { positionOfLegacyRow } from '../../../src/tools/import-legacy/legacy-position.ts';
import { numberOf, timeOf } from '../../../src/tools/import-legacy/legacy-values.ts';
import { closingBalance, oldEpochOf } from '../../../src/tools/import-legacy/old-epoch.ts';
import { addMoney } from '../../../src/trading/money.ts';
import { oldAccount, oldPosition } from '../../helper/old-files.ts';

const NOW = Date.parse('2026-11-26T00:00:00Z');
const RULES = { symbol: 'BTCUSDT', origin: 'policy', now: NOW } as const;

test.each([
  ['2025-11-02T10:00:00Z', Date.UTC(2025, 10, 2, 10)],
  ['2025-11-02 10:00:00', Date.UTC(2025, 10, 2, 10)],
  ['2025-11-02T10:00:00.123456', Date.UTC(2025, 10, 2, 10, 0, 0, 123)],
  ['2025-11-02T10:00:00.123456+02:00', Date.UTC(2025, 10, 2, 8, 0, 0, 123)],
  ['2025-11-02T10:00:00+0200', Date.UTC(2025, 10, 2, 8)],
  [Date.UTC(2025, 10, 2), Date.UTC(2025, 10, 2)],
  [Date.UTC(2025, 10, 2) / 1000, Date.UTC(2025, 10, 2)],
  [String(Date.UTC(2025, 10, 2) / 1000), Date.UTC(2025, 10, 2)],
  ['yesterday', null],
  ['2025-13-40T10:00:00Z', null],
  ['1969-01-01T00:00:00Z', null],
  ['2999-01-01T00:00:00Z', null],
  [1e300, null],
  [Number.POSITIVE_INFINITY, null],
  [null, null],
])('the old time %j is %j', (value, time) => {
  expect(timeOf({ at: value }, ['at'], NOW)).toBe(time);
});

test.each([
  [1.5, 1.5],
  [' -2e3 ', -2000],
  ['NaN', null],
  ['Infinity', null],
  ['0x10', null],
  ['', null],
  [Number.POSITIVE_INFINITY, null],
  [null, null],
])('the old number %j is %j', (value, number) => {
  expect(numberOf({ n: value }, ['n'])).toBe(number);
});

describe('an old position', () => {
  test('becomes a closed lot whose net result is the old one', () => {
    expect(positionOfLegacyRow({ id: 7, ...oldPosition() }, RULES)).toMatchObject({
      key: 'old.7',
      side: 'long',
      quantity: 1400 / 90_000,
      margin: 200,
      netPnl: 12.5,
      reason: 'TAKE_PROFIT',
      closedAt: Date.UTC(2025, 10, 2, 12, 30),
    });
  });

  test.each([
    [{ id: null }, /no id/],
    [{ status: 'OPEN', close_time: null }, /still open/],
    [{ status: null, close_time: null }, /still open/],
    [{ symbol: 'ETH/USDT:USDT' }, /traded ETHUSDT/],
    [{ side: 'Sideways' }, /neither Long nor Short/],
    [{ close_time: '2025-11-01T00:00:00Z' }, /wrong way round/],
    [{ open_time: 'then' }, /times are missing/],
    [{ entry_price: -1 }, /entry or exit price/],
    [{ exit_price: 'NaN' }, /entry or exit price/],
    [{ entry_price: Number.POSITIVE_INFINITY }, /entry or exit price/],
    [{ size_usdt: 0, margin_usdt: null }, /size, margin and leverage/],
    [{ realized_pnl_usdt: 'much', realized_pnl_pct: null }, /profit or loss/],
    [{ realized_pnl_usdt: 1e300 }, /profit or loss/],
  ])('with %j is not taken', (changes, reason) => {
    expect(positionOfLegacyRow({ id: 7, ...oldPosition(), ...changes }, RULES)).toMatch(reason);
  });

  test.each([
    [{ margin_usdt: null }, { margin: 200 }],
    [{ leverage: null }, { leverage: 7 }],
    [{ size_usdt: null }, { notional: 1400 }],
    [{ realized_pnl_usdt: null }, { netPnl: 12.5 }],
    [
      { stop_loss: null, take_profit: 'x' },
      { stopLoss: 90_000, takeProfit: 90_000 },
    ],
    [{ close_reason: null }, { reason: 'UNKNOWN' }],
    [{ close_reason: 'trailing stop!' }, { reason: 'TRAILING_STOP' }],
    [{ id: '../../etc/passwd.1' }, { key: expect.stringMatching(/^old\.[0-9a-f]{32}$/) }],
  ])('with %j is taken', (changes, expected) => {
    expect(positionOfLegacyRow({ id: 7, ...oldPosition(), ...changes }, RULES)).toMatchObject(expected);
  });

  const anything = fc.oneof(
    fc.constantFrom(
      null,
      '',
      'NaN',
      '-1',
      'x'.repeat(30_000),
      '\u0000',
      '../../..',
      'OPEN',
      'CLOSED',
      'Long',
    ),
    fc.double(),
    fc.integer(),
    fc.string(),
  );
  const spoilt = fc.dictionary(fc.constantFrom(...Object.keys(oldPosition()), 'id'), anything, {
    maxKeys: 4,
  });

  test('of whatever values is taken whole or not at all, and the epoch of those taken reconciles', () => {
    fc.assert(
      fc.property(
        fc.array(spoilt, { maxLength: 20 }),
        fc.double({ min: 1, max: 1e6, noNaN: true }),
        (all, first) => {
          const read = all.map((changes, id) =>
            positionOfLegacyRow({ ...oldPosition(), ...changes, id }, RULES),
          );
          const positions = read.filter((position) => typeof position !== 'string');
          for (const { quantity, margin, leverage, netPnl, closedAt, openedAt } of positions) {
            for (const value of [quantity, margin, leverage])
              expect(value > 0 && Number.isFinite(value)).toBe(true);
            expect(Number.isFinite(netPnl)).toBe(true);
            expect(closedAt >= openedAt && closedAt <= NOW).toBe(true);
          }
          const opening = 10_000;
          if (Math.abs(closingBalance(opening, positions)) > 5e6) return;
          const firstBalance = addMoney(first, 0);
          const { lines, positions: lots } = oldEpochOf(
            { accountId: 'paper_x', initialBalance: opening, positions, createdAt: null, now: NOW },
            firstBalance,
          );
          expect(lines.reduce((sum, { amount }) => addMoney(sum, amount), opening)).toBe(firstBalance);
          expect(lines.at(-1)).toMatchObject({ kind: 'reset', walletAfter: firstBalance });
          expect(new Set(lines.map(({ id }) => id)).size).toBe(lots.length + 1);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('an old account', () => {
  const read = (changes: object) =>
    accountOfLegacyRow(oldAccount({ ...changes }), new Map([['gamma', 'gamma_2']]), NOW);

  test.each([
    [{}, { id: 'paper_gamma_2', packageId: 'gamma_2' }],
    [{ model_package_id: null }, { id: 'paper_gamma_2', packageId: 'gamma_2' }],
    [{ model_package_id: 'other' }, { id: 'paper_gamma', packageId: null }],
    [
      { model_id: 'paper_v3_ppo', model_package_id: 'ppo_v1' },
      { id: 'paper_ppo_v1', packageId: 'ppo_v1' },
    ],
    [
      { model_id: 'paper_test_hf', model_package_id: null },
      { id: 'paper_test_hf', packageId: null },
    ],
    [{ symbol: 'ETH/USDT:USDT' }, { symbol: 'ETHUSDT' }],
    [{ status: 'paused' }, { paused: true }],
    [{ max_positions: 50 }, { settings: expect.objectContaining({ maxPositions: 10, defaultLeverage: 3 }) }],
  ])('with %j is %j', (changes, expected) => {
    expect(read(changes)).toMatchObject(expected);
  });

  test.each([
    [{ model_id: '' }, /no model_id/],
    [{ model_id: '../../x' }, /other characters/],
    [{ model_id: 'x'.repeat(100) }, /more than 64/],
    [{ initial_balance: null }, /initial_balance/],
    [{ initial_balance: -5 }, /initial_balance/],
    [{ initial_balance: 1e12 }, /initial_balance/],
  ])('with %j is not taken', (changes, reason) => {
    expect(read(changes)).toMatch(reason);
  });
});
