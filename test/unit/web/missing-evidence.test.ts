import { expect, it } from 'vitest';
import { missingEvidence } from '../../../src/web/format/missing-evidence.ts';

const counts = {
  ...{ days: 12, active_days: 4, span_days: 12.9 },
  ...{ lots: 19, wins: 2, losses: 17, positions: 1, positions_with_closed_lots: 1 },
};

it.each([
  ['sharpe', 'FEW_DAYS', '12 of 30 days'],
  ['annual_return_pct', 'FEW_DAYS', '12 of 90 days'],
  ['calmar', 'FEW_DAYS', '12 of 180 days'],
  ['rank', 'FEW_ACTIVE_DAYS', '4 of 10 days with a result'],
  ['rank', 'FEW_TRADES', '19 of 31 trades'],
  ['rank', 'FEW_POSITIONS', '1 of 10 positions'],
  ['win_rate', 'FEW_TRADES', '2 of 19'],
  ['avg_win_usdt', 'FEW_TRADES', '2 of 5 wins'],
  ['profit_factor', 'FEW_TRADES', '19 of 20 trades'],
  ['profit_factor', 'FEW_LOSSES', '17 of 5 losses'],
  ['sharpe', 'ABOVE', 'above 10'],
  ['sharpe', 'BELOW', 'below −10'],
  ['annual_return_pct', 'ABOVE', 'above 1,000 %'],
  ['sharpe', 'RUINED', 'ruined'],
])('%s withheld as %s reads "%s"', (field, code, text) => {
  expect(missingEvidence(field, { counts, withheld: { [field]: code } })).toBe(text);
});

it('says nothing about a figure that is there', () => {
  expect(missingEvidence('sharpe', { counts, withheld: {} })).toBeNull();
});
