import type { PerformanceAnswer } from '../../http/performance/schema.ts';
import { FIGURE_LIMITS, FIGURE_NEEDS } from '../service-rules.ts';
import { count } from './numbers.ts';

type Judged = Pick<PerformanceAnswer, 'withheld' | 'counts'>;
type Limited = keyof typeof FIGURE_LIMITS;

/** What is missing where a figure is withheld, `12 of 30 days`; null if the figure is not withheld. */
export function missingEvidence(field: string, { withheld, counts }: Judged): string | null {
  switch (withheld[field]) {
    case undefined:
      return null;
    case 'RUINED':
      return 'ruined';
    case 'FEW_DAYS':
      return missingDays(field, counts);
    case 'FEW_ACTIVE_DAYS':
      return `${count(counts.active_days)} of ${FIGURE_NEEDS.activeDays} days with a result`;
    case 'NO_TRADES':
      return 'no trades';
    case 'FEW_TRADES':
      return missingTrades(field, counts);
    case 'FEW_POSITIONS':
      return `${count(counts.positions)} of ${FIGURE_NEEDS.positions} positions`;
    case 'NO_VARIATION':
      return 'no variation';
    case 'NO_LOSSES':
      return 'no losses';
    case 'FEW_LOSSES':
      return `${count(counts.losses)} of ${FIGURE_NEEDS.profitFactorLosses} losses`;
    case 'NO_DRAWDOWN':
      return 'no drawdown';
    case 'IN_SAMPLE':
      return 'in sample: no evidence';
    case 'ABOVE':
      return `above ${FIGURE_LIMITS[field as Limited]}`;
    case 'BELOW':
      return `below −${FIGURE_LIMITS[field as Limited]}`;
    default:
      return 'no number';
  }
}

function missingDays(field: string, { days, span_days }: Judged['counts']): string {
  const needed = { annual_return_pct: 90, calmar: 180, trades_per_week: 7 }[field];
  if (needed === undefined) return `${count(days)} of ${FIGURE_NEEDS.days} days`;
  return `${count(Math.floor(span_days))} of ${needed} days`;
}

function missingTrades(field: string, { lots, wins, losses }: Judged['counts']): string {
  switch (field) {
    case 'win_rate':
      return `${count(wins)} of ${count(lots)}`;
    case 'avg_win_usdt':
      return `${count(wins)} of ${FIGURE_NEEDS.averagedLots} wins`;
    case 'avg_loss_usdt':
      return `${count(losses)} of ${FIGURE_NEEDS.averagedLots} losses`;
    case 'profit_factor':
      return `${count(lots)} of ${FIGURE_NEEDS.profitFactorLots} trades`;
    default:
      return `${count(lots)} of ${FIGURE_NEEDS.lots} trades`;
  }
}
