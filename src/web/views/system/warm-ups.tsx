import type { ModelPackageAnswer } from '../../../http/packages/schema.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { EmptyState } from '../../components/notes.tsx';
import { Panel } from '../../components/panel.tsx';
import { Time } from '../../components/time.tsx';
import { packages } from '../../data/packages.ts';
import { addressOf } from '../../data/selected-package.ts';
import { WarmUpState } from '../packages/warm-up-state.tsx';

const COLUMNS: readonly Column<ModelPackageAnswer>[] = [
  {
    key: 'package',
    label: 'Package',
    value: ({ name }) => name,
    cell: ({ id, name }) => (
      <a class="name" href={addressOf(`/packages/${id}`, { model: id })}>
        {name}
      </a>
    ),
  },
  {
    key: 'state',
    label: 'Warm-up',
    value: (one) => one.warmup_status,
    cell: (one) => (
      <>
        <WarmUpState status={one.warmup_status} />
        {one.warmup_error !== null && <p class="small foreign">{one.warmup_error}</p>}
      </>
    ),
  },
  {
    key: 'completed',
    label: 'Completed',
    unit: 'UTC',
    isMinor: true,
    value: (one) => one.warmup_completed_at,
    cell: (one) => <Time at={one.warmup_completed_at} />,
  },
];

/** The packages in use, and whether they can decide. */
export function WarmUps() {
  return (
    <Panel title="Warm-ups" flush>
      <Loaded of={packages} lines={4}>
        {(all) => (
          <DataTable
            caption="Warm-ups"
            columns={COLUMNS}
            rows={all.filter(({ status }) => status !== 'ARCHIVED')}
            rowKey={({ id }) => id}
            pageSize={20}
            empty={
              <EmptyState title="No package in use" action={<a href="/packages">Packages</a>}>
                Upload a pair, or restore one that is archived.
              </EmptyState>
            }
          />
        )}
      </Loaded>
    </Panel>
  );
}
