import { missingEvidence } from '../../../format/missing-evidence.ts';
import { count, fixed, percent } from '../../../format/numbers.ts';
import { triedCount, weeksText } from '../../../format/trials.ts';
import type { RunPerformance } from '../run.ts';
import { Card } from './card.tsx';

/** Ratios with their intervals, or what they still need. */
export function RatiosCard({ performance: one }: { readonly performance: RunPerformance }) {
  const rows = [
    ['Sharpe', 'sharpe', fixed(one.sharpe), one.intervals.sharpe],
    ['Sortino', 'sortino', fixed(one.sortino), one.intervals.sortino],
    ['Calmar', 'calmar', fixed(one.calmar), null],
    ['Profit factor', 'profit_factor', fixed(one.profit_factor), null],
    ['Return a year', 'annual_return_pct', percent(one.annual_return_pct, 1), null],
    ['Lots a week', 'trades_per_week', fixed(one.trades_per_week, 1), null],
  ] as const;
  const known = rows.filter(([, field]) => missingEvidence(field, one) === null);
  if (known.length === 0) return <Card headline={ratiosHeadline(one)} detail={trialsText(one)} />;
  return (
    <Card headline={ratiosHeadline(one)} detail={trialsText(one)}>
      <ul class="evidence-lines">
        {rows.map(([name, field, value, interval]) => {
          const missing = missingEvidence(field, one);
          return (
            <li key={field}>
              <b>{name}</b>
              <span class={missing === null ? '' : 'muted'}>
                {missing ?? value}
                {missing === null && interval !== null && (
                  <span class="muted small second-line">
                    {fixed(interval[0], 1)} to {fixed(interval[1], 1)} (90 %)
                  </span>
                )}
              </span>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}

function ratiosHeadline(one: RunPerformance): string {
  const missing = missingEvidence('deflated_sharpe', one);
  if (missing !== null) return `Skill cannot be told from luck yet: ${missing}`;
  const skill = (one.deflated_sharpe as number) * 100;
  return `${percent(skill, 1)} likely better than luck, given what was tried`;
}

function trialsText({ trials }: RunPerformance): string {
  const { declared, weeks_to_tell: weeks } = trials;
  const all = triedCount(trials);
  const before = declared === null ? '; those before the upload are not counted' : '';
  const told = weeks === null ? '' : ` Told from luck in ${weeksText(weeks)} at this pace.`;
  return `${all === 1 ? 'The only one' : `One of ${count(all)}`} tried on this range${before}.${told}`;
}
