import type { PerformanceAnswer } from '../../http/performance/schema.ts';
import { percent } from './numbers.ts';

/** What is said beside every ratio where fewer than 95 % of the candles were decided on; null where it is not needed. */
export function partlyDecided({
  partly_decided,
  decided_pct,
}: Pick<PerformanceAnswer, 'partly_decided' | 'decided_pct'>): string | null {
  return partly_decided ? `only ${percent(decided_pct, 1)} of candles decided` : null;
}
