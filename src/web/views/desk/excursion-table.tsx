import type { AttributionAnswer } from '../../../http/attribution/schema.ts';
import { count, counted, fixed, NO_VALUE, signedPercent } from '../../format/numbers.ts';
import { SmallTable } from './small-table.tsx';

type Excursions = AttributionAnswer['excursions'];
type Extreme = Excursions['all']['mae'];

/** How far lots went against their side and with it; half of the lots went further. */
export function ExcursionTable({ excursions }: { readonly excursions: Excursions }) {
  const { all, wins, losses, missing } = excursions;
  if (all.lots + missing === 0) return null;
  const gaps = missing === 0 ? '' : ` Of ${counted(missing, 'lot')} candles are missing.`;
  if (all.mae === null)
    return (
      <p class="muted small">
        How far lots went on the way is told from 10 lots on: {count(all.lots)} of 10 lots.{gaps}
      </p>
    );
  const rows = [
    ['All lots', all],
    ['Won', wins],
    ['Lost', losses],
  ] as const;
  return (
    <div>
      <SmallTable
        columns={['On the way, median', 'Lots', 'Lowest', 'Highest']}
        rows={rows.map(([name, { lots, mae, mfe }]) => [name, count(lots), extreme(mae), extreme(mfe)])}
      />
      <p class="muted small">
        Result before fees while lots were open, in % of the margin and in R, the distance of the first stop.
        {gaps}
      </p>
    </div>
  );
}

function extreme(value: Extreme): string {
  if (value === null) return NO_VALUE;
  return value.r === null
    ? signedPercent(value.margin_pct)
    : `${signedPercent(value.margin_pct)} · ${fixed(value.r, 1)} R`;
}
