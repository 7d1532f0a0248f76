import type { ComponentChildren } from 'preact';
import type { EquityAnswer } from '../../../../http/equity/schema.ts';
import { Changing } from '../../../components/changing.tsx';
import { getJson } from '../../../data/api.ts';
import { useResource } from '../../../data/resource.ts';
import { withQuery } from '../../../data/urls.ts';
import type { Run, RunPerformance } from '../run.ts';
import { type Cell, stripCells } from './cells.tsx';

/** Points of a curve that is a few centimeters wide. */
const POINTS = '240';

interface StripProps {
  readonly run: Run;
  readonly performance: RunPerformance;
}

/** Eight figures of a run, each with a picture of how it came about. */
export function Strip({ run: { records, quality }, performance }: StripProps) {
  const curve = useResource(
    (signal) => getJson<EquityAnswer>(withQuery(records.equity, { points: POINTS }), { signal }),
    [records.equity],
    records.reloadOptions('equity'),
  );
  return (
    <dl class="strip" aria-label="Figures">
      {stripCells(performance, quality, curve.data.value?.items ?? []).map((cell) => (
        <StripCell key={cell.name} {...cell} />
      ))}
    </dl>
  );
}

function StripCell({ name, value, tone, isMissing = false, picture, detail }: Cell): ComponentChildren {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <b class={isMissing ? 'strip-missing' : tone}>
          <Changing value={value}>{value}</Changing>
        </b>
        {picture}
      </dd>
      <dd class="strip-detail" title={detail}>
        {detail}
      </dd>
    </div>
  );
}
