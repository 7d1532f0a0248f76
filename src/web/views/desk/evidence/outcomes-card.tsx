import type { ReplayAnswer } from '../../../../http/replays/schema.ts';
import { count } from '../../../format/numbers.ts';
import { capitalized } from '../../../format/text.ts';
import { ACTION_LABELS, REASON_LABELS } from '../labels.ts';
import { Card } from './card.tsx';

const LABELS: Readonly<Record<string, string>> = { ...REASON_LABELS, ...ACTION_LABELS };
const nameOf = (outcome: string) => capitalized(LABELS[outcome] ?? outcome);

/** How often each outcome came about, by decision candle. */
export function OutcomesCard({ reasons }: Pick<NonNullable<ReplayAnswer['result']>, 'reasons'>) {
  const outcomes = Object.entries(reasons).toSorted(([, a], [, b]) => b - a);
  const total = outcomes.reduce((sum, [, candles]) => sum + candles, 0);
  const [most] = outcomes;
  if (most === undefined) return null;
  return (
    <Card
      headline={`${nameOf(most[0])} on ${count(most[1])} of ${count(total)} candles`}
      detail="Candles by outcome"
    >
      <ul class="evidence-lines">
        {outcomes.map(([outcome, candles]) => (
          <li key={outcome}>
            <b>{nameOf(outcome)}</b>
            <span>{count(candles)}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
