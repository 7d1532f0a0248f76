import type { ForecastQuality } from './forecast-quality.ts';
import { NEEDED } from './gates.ts';
import type { Performance } from './performance.ts';
import { percentSize, signedPercent } from './person-percent.ts';
import { type WorthParts, worthParts } from './worth-parts.ts';

/** Whether a package is worth anything, in the order in which the rules are asked (statistics.md#27). */
export type WorthCode =
  | 'NEVER_TRADED'
  | 'RUINED'
  | 'IN_SAMPLE'
  | 'TOO_EARLY'
  | 'MAKES_MONEY'
  | 'LOSES_MONEY'
  | 'NOT_PROVEN';

/** What may be said about the worth of a package by one record. */
export interface Worth {
  readonly code: WorthCode;
  readonly sentence: string;
  /** What stands beside the sentence. */
  readonly parts: WorthParts;
}

/** Judges a record. @param quality of its forecasts; null if they were not measured */
export function worthOf(performance: Performance, quality: ForecastQuality | null): Worth {
  return { ...verdictOf(performance), parts: worthParts(performance, quality) };
}

/** Days without a lot after which it is not a matter of patience. */
const IDLE_DAYS = 7;

function verdictOf(performance: Performance): Pick<Worth, 'code' | 'sentence'> {
  const { counts, inSample, withheld, totalReturn } = performance;
  const days = Math.floor(counts.spanDays);
  if (counts.lots === 0 && counts.positions === 0 && counts.spanDays >= IDLE_DAYS)
    return { code: 'NEVER_TRADED', sentence: `Never traded: 0 lots in ${days} days.` };
  if (counts.ruined) return { code: 'RUINED', sentence: 'Loses money: all of its equity was lost.' };
  if (inSample)
    return { code: 'IN_SAMPLE', sentence: 'No evidence: the package was trained on candles of this range.' };
  const missing = missingEvidence(performance);
  if (missing !== null) return { code: 'TOO_EARLY', sentence: `Too early: ${missing}.` };
  const interval = withheld.intervals === undefined ? performance.figures.intervals?.totalReturn : null;
  const rest = `in ${days} days${holdingText(performance)}.`;
  // The interval is of whole days: the hours at both ends may have turned a result around.
  if (interval && interval[0] > 0 && totalReturn > 0)
    return { code: 'MAKES_MONEY', sentence: `Makes money: ${signedPercent(totalReturn)} ${rest}` };
  if (interval && interval[1] < 0 && totalReturn < 0)
    return { code: 'LOSES_MONEY', sentence: `Loses money: ${signedPercent(totalReturn)} ${rest}` };
  return { code: 'NOT_PROVEN', sentence: `Not proven: it ${madeText(totalReturn)} ${rest}` };
}

/** How much there is of what an interval of the return needs (statistics.md#12); null if there is enough. */
function missingEvidence({ counts, withheld }: Performance): string | null {
  const days = Math.floor(counts.spanDays);
  switch (withheld.intervals) {
    case 'FEW_DAYS': {
      const whole = `${counts.days} of ${NEEDED.days} days`;
      return counts.lots < NEEDED.lots ? `${counts.lots} of ${NEEDED.lots} lots after ${whole}` : whole;
    }
    case 'FEW_ACTIVE_DAYS':
      return `a result on ${counts.activeDays} of ${NEEDED.activeDays} days`;
    case 'FEW_TRADES':
      return `${counts.lots} of ${NEEDED.lots} lots after ${days} days`;
    case 'FEW_POSITIONS':
      return `${counts.positions} of ${NEEDED.positions} positions after ${days} days`;
    default:
      return null;
  }
}

function holdingText({ buyAndHold }: Performance): string {
  return buyAndHold === null ? '' : `, holding ${madeText(buyAndHold)}`;
}

function madeText(share: number): string {
  return `${share < 0 ? 'lost' : 'made'} ${percentSize(share)}`;
}
