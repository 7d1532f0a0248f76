import { RANDOM_ACCOUNTS } from './random-entries.ts';

/** What random accounts with as many entries say about a result. @param ahead accounts that it ended ahead of */
export function randomEntriesSentence(ahead: number): string {
  return `ended ahead of ${ahead} of ${RANDOM_ACCOUNTS} accounts that entered at random as often`;
}

/** What the simplest policy made of the same forecasts. @param totalReturn 0.1 for 10 % */
export function signOfMedianSentence(totalReturn: number): string {
  return `the same forecasts with the simplest policy: ${percentText(totalReturn)}`;
}

/** What the same decisions made without stops and targets. @param totalReturn 0.1 for 10 % */
export function noStopsSentence(totalReturn: number): string {
  return `the same decisions without stops and targets: ${percentText(totalReturn)}`;
}

function percentText(share: number): string {
  const text = (share * 100).toFixed(1);
  if (Number(text) === 0) return '0.0 %';
  return `${share > 0 ? '+' : ''}${text} %`;
}
