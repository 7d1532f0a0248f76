import { RANDOM_ACCOUNTS } from './random-entries.ts';

/** Why a result is no evidence, or that nothing was left of it; null if neither. */
type State = 'IN_SAMPLE' | 'RUINED' | null;

/** A result; 0.1 is 10 %. */
interface Result {
  readonly totalReturn: number;
  readonly state: State;
}

const RUIN = 'lost all of its equity';
/** How often chance does as well says nothing where the models have seen what came. */
const NO_EVIDENCE = '; no evidence, because the package was trained on candles of this range';

/** What random accounts with as many entries say about a result. @param ahead accounts that it ended ahead of */
export function randomEntriesSentence({ ahead, state }: { ahead: number; state: State }): string {
  const rank = `ended ahead of ${ahead} of ${RANDOM_ACCOUNTS} accounts that entered at random as often`;
  if (state === 'RUINED') return `${RUIN}, and ${rank}`;
  return state === 'IN_SAMPLE' ? `${rank}${NO_EVIDENCE}` : rank;
}

/** What the simplest policy made of the same forecasts. */
export function signOfMedianSentence(result: Result): string {
  return `the same forecasts with the simplest policy: ${resultText(result)}`;
}

/** What the same decisions made without stops and targets. */
export function noStopsSentence(result: Result): string {
  return `the same decisions without stops and targets: ${resultText(result)}`;
}

function resultText({ totalReturn, state }: Result): string {
  if (state === 'RUINED') return RUIN;
  return state === 'IN_SAMPLE' ? `${percentText(totalReturn)}${NO_EVIDENCE}` : percentText(totalReturn);
}

function percentText(share: number): string {
  const text = (share * 100).toFixed(1);
  if (Number(text) === 0) return '0.0 %';
  return `${share > 0 ? '+' : ''}${text} %`;
}
