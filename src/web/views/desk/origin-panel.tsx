import { useState } from 'preact/hooks';
import type { AttributionAnswer } from '../../../http/attribution/schema.ts';
import { EmptyState } from '../../components/messages.tsx';
import { ResourcePanel } from '../../components/panel.tsx';
import { SegmentedControl } from '../../components/segmented-control.tsx';
import { useJson } from '../../data/resource.ts';
import { bookkeepingSentence, unknownSentence } from '../../format/bookkeeping.ts';
import { ExcursionTable } from './excursion-table.tsx';
import { GROUPINGS, type Grouping, OriginGroups } from './origin-groups.tsx';
import type { RecordSource } from './record-source.ts';
import { Waterfall } from './waterfall.tsx';

/** Where the result of an account came from, as bookkeeping. */
export function OriginPanel({ source }: { readonly source: RecordSource }) {
  const origin = useJson<AttributionAnswer>(source.attribution, source.reloadOptions('position', 'equity'));
  return (
    <ResourcePanel title="Where did the result come from?" resource={origin} lines={10}>
      {(answer) =>
        answer.total.lots === 0 ? (
          <EmptyState title="No lot yet">
            The result is divided into its parts once a lot is opened.
          </EmptyState>
        ) : (
          <Origin answer={answer} />
        )
      }
    </ResourcePanel>
  );
}

function Origin({ answer }: { readonly answer: AttributionAnswer }) {
  const [grouping, setGrouping] = useState<Grouping>('by_reason');
  const { total, excursions } = answer;
  const unknown = unknownSentence(total);
  return (
    <div class="origin">
      <div class="stack">
        <p>{bookkeepingSentence(total)}</p>
        <Waterfall sums={total} />
        {unknown !== null && <p class="muted small">{unknown}</p>}
        <p class="muted small">
          This is bookkeeping. With other costs the account would have traded other sizes
          {answer.by_reason.OPEN === undefined
            ? '.'
            : '. Open lots count at the newest price, without the costs of closing them.'}
        </p>
        <ExcursionTable excursions={excursions} />
      </div>
      <div class="stack">
        <SegmentedControl
          label="Group of lots"
          options={GROUPINGS}
          selected={grouping}
          onSelect={setGrouping}
        />
        <OriginGroups key={grouping} {...{ answer, grouping }} />
      </div>
    </div>
  );
}
