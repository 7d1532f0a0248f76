import { counted } from '../runtime/counted.ts';
import type { ForecastQuality } from './forecast-quality.ts';
import { type HorizonQuality, MIN_INDEPENDENT } from './horizon-quality.ts';
import type { Performance } from './performance.ts';
import { percentSize, signedPercent } from './person-percent.ts';

/** What stands beside the verdict on worth, each a few words; null where there is nothing to say. */
export interface WorthParts {
  /** The 90 % interval of the return. */
  readonly interval: string | null;
  /** Closed lots, and how few bets they are. */
  readonly lots: string;
  /** How many of them won. */
  readonly won: string | null;
  /** Whether forecasts are honest, and better than none. */
  readonly forecasts: string | null;
}

const HOUR_MS = 60 * 60_000;
const NUMBERS = new Intl.NumberFormat('en-US');

export function worthParts(performance: Performance, quality: ForecastQuality | null): WorthParts {
  const { counts, figures } = performance;
  const interval = figures.intervals?.totalReturn ?? null;
  return {
    interval: interval && `90\u00a0% interval ${signedPercent(interval[0])} to ${signedPercent(interval[1])}`,
    lots:
      counts.lots === 0
        ? 'no closed lot yet'
        : `${counted(counts.lots, 'lot')} in ${counted(counts.positionsWithClosedLots, 'position')}`,
    won: wonText(performance),
    forecasts: quality && forecastText(quality),
  };
}

function wonText({ counts: { lots, wins }, figures: { winRate, winRateInterval } }: Performance) {
  if (lots === 0) return null;
  if (winRate === null) return `${wins} of ${lots} won`;
  const won = `${percentSize(winRate, 0)} won`;
  if (winRateInterval === null) return won;
  return `${won} (${percentSize(winRateInterval[0], 0)} to ${percentSize(winRateInterval[1], 0)})`;
}

const BANDS = { TOO_NARROW: 'too narrow', TOO_WIDE: 'too wide', IN_LINE: 'in line' } as const;
const SKILLS = {
  BETTER: 'better than a random walk',
  WORSE: 'worse than a random walk',
  NO_DIFFERENCE: 'no better or worse than a random walk, as far as can be told',
} as const;

/** About the longest horizon of which something can be said. */
function forecastText({ horizons, decisionMs }: ForecastQuality): string | null {
  const told = horizons.findLast(({ verdict }) => verdict !== 'FEW_INDEPENDENT');
  if (told !== undefined) return toldText(told, (told.horizon * decisionMs) / HOUR_MS);
  const most = Math.max(0, ...horizons.map(({ independent }) => independent));
  return most === 0 ? null : `forecasts: ${most} of ${MIN_INDEPENDENT} independent outcomes`;
}

function toldText({ verdict, coverage, nominal, againstRandomWalk }: HorizonQuality, hours: number) {
  if (verdict === 'FEW_INDEPENDENT' || coverage === null) return null;
  const inside = `${percentSize(coverage, 0)} inside a band for ${percentSize(nominal, 0)}`;
  const skill = againstRandomWalk?.verdict;
  const told = skill === 'BETTER' || skill === 'WORSE' || skill === 'NO_DIFFERENCE' ? SKILLS[skill] : null;
  return `forecasts of ${NUMBERS.format(hours)} h: ${inside}, ${BANDS[verdict]}${told === null ? '' : `; ${told}`}`;
}
