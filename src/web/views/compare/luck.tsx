import { Panel } from '../../components/panel.tsx';
import { missingEvidence } from '../../format/missing-evidence.ts';
import { counted, percent } from '../../format/numbers.ts';
import { triedCount } from '../../format/trials.ts';
import type { ComparedAccount } from './compared-account.ts';

/** From this probability on a Sharpe ratio counts as more than luck. */
const COUNTS_FROM = 0.95;

/** Whether the Sharpe ratios are above what the best of as many trials without skill would show (statistics.md#17). */
export function Luck({ chosen }: { readonly chosen: readonly ComparedAccount[] }) {
  return (
    <Panel title={luckHeadline(chosen)}>
      <ul class="differences">
        {chosen.map((account) => (
          <li key={account.key} class="user-text">
            <strong>{account.name}:</strong> {luckSentence(account)}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function luckHeadline(chosen: readonly ComparedAccount[]): string {
  const judged = chosen.filter(({ performance }) => performance.deflated_sharpe !== null);
  const above = judged.filter(({ performance }) => performance.deflated_sharpe! >= COUNTS_FROM);
  if (judged.length === 0) return 'Skill and luck cannot be told apart yet';
  if (above.length === 0) return 'None is above what luck gives';
  return above.length === 1
    ? `${above[0]!.name} is above what luck gives`
    : `${above.length} are above what luck gives`;
}

function luckSentence({ performance }: ComparedAccount): string {
  const { deflated_sharpe: probability, trials } = performance;
  const why = missingEvidence('deflated_sharpe', performance);
  if (probability === null) return `${why ?? 'no figure'}.`;
  const tried = counted(triedCount(trials), 'trial');
  const unknown = trials.declared === null ? ', and those before its upload are not known' : '';
  return (
    `${percent(probability * 100, 1)} that it beats the luckiest of ${tried} without skill${unknown}; ` +
    `from ${percent(COUNTS_FROM * 100, 0)} on it counts.`
  );
}
