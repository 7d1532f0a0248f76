import type { AttributionAnswer } from '../../../../http/attribution/schema.ts';
import { count, counted, fixed, signedPercent } from '../../../format/numbers.ts';
import { Card } from './card.tsx';

type Excursions = AttributionAnswer['excursions'];
type Group = Excursions['all'];

/** How far lots went against their side and with it; half of the lots went further. */
export function ExcursionCard({
  excursions: { all, wins, losses, missing },
}: {
  readonly excursions: Excursions;
}) {
  const gaps = missing === 0 ? '' : ` Candles of ${counted(missing, 'lot')} are missing.`;
  if (all.mae === null || all.mfe === null)
    return (
      <Card
        headline={`How far lots went on the way is told from 10 lots on: ${count(all.lots)} of 10`}
        detail={gaps === '' ? undefined : gaps}
      />
    );
  const groups = [
    ['All', all],
    ['Won', wins],
    ['Lost', losses],
  ] as const;
  return (
    <Card
      headline={`Half of the lots were ${signedPercent(all.mae.margin_pct)} or worse on the way`}
      detail={`Median of the lowest and the highest result before fees, in % of the margin and in R, the distance of the first stop.${gaps}`}
    >
      <ul class="evidence-lines">
        {groups.map(([name, group]) => (
          <li key={name}>
            <b>{name}</b>
            <span>{extremes(group)}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function extremes({ lots, mae, mfe }: Group): string {
  if (mae === null || mfe === null) return `${count(lots)} of 10 lots`;
  return `${extreme(mae)} to ${extreme(mfe)}`;
}

function extreme({ margin_pct, r }: NonNullable<Group['mae']>): string {
  return r === null ? signedPercent(margin_pct) : `${signedPercent(margin_pct)} (${fixed(r, 1)} R)`;
}
