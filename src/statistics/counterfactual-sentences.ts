import { RANDOM_ACCOUNTS } from './random-entries.ts';

/** What a sentence about a result has to say beside its numbers (statistics.md#73). */
export interface Caveats {
  /** Whether its package was trained on the range. */
  readonly inSample: boolean;
  /** Whether its equity was ever 0 or less. */
  readonly isRuined: boolean;
}

/** A result; 0.1 is 10 %. */
interface Result extends Caveats {
  readonly totalReturn: number;
}

const RUIN = 'lost all of its equity';
/** How often chance does as well says nothing where the models have seen what came. */
const NO_EVIDENCE = '; no evidence, because the package was trained on candles of this range';

/** What random accounts with as many entries say about a result. @param ahead accounts that it ended ahead of */
export function randomEntriesSentence({
  ahead,
  inSample,
  isRuined,
}: Caveats & { readonly ahead: number }): string {
  const rank = `ended ahead of ${ahead} of ${RANDOM_ACCOUNTS} accounts that entered at random as often`;
  return `${isRuined ? `${RUIN}, and ` : ''}${rank}${inSample ? NO_EVIDENCE : ''}`;
}

/** What the simplest policy made of the same forecasts. */
export function signOfMedianSentence(result: Result): string {
  return `the same forecasts with the simplest policy: ${resultText(result)}`;
}

/** What the same decisions made without stops and targets. */
export function noStopsSentence(result: Result): string {
  return `the same decisions without stops and targets: ${resultText(result)}`;
}

function resultText({ totalReturn, inSample, isRuined }: Result): string {
  return `${isRuined ? RUIN : percentText(totalReturn)}${inSample ? NO_EVIDENCE : ''}`;
}

function percentText(share: number): string {
  const text = (share * 100).toFixed(1);
  if (Number(text) === 0) return '0.0 %';
  return `${share > 0 ? '+' : ''}${text} %`;
}
