import type { ModelPackageAnswer } from '../../http/schemas/model-package.ts';
import { Badge, type Tone } from '../components/badge.tsx';
import { type Column, DataTable } from '../components/data-table.tsx';
import { Loaded } from '../components/loaded.tsx';
import { EmptyState } from '../components/notes.tsx';
import { Panel } from '../components/panel.tsx';
import { Time } from '../components/time.tsx';
import { ViewHead } from '../components/view-head.tsx';
import { packages } from '../data/packages.ts';
import { useSelectedPackage } from '../data/selected-package.ts';
import { bytes } from '../format/numbers.ts';

const WARM_UP_TONES: Record<ModelPackageAnswer['warmup_status'], Tone> = {
  PENDING: 'plain',
  RUNNING: 'info',
  DONE: 'good',
  ERROR: 'bad',
};

const sizeOf = ({ files }: ModelPackageAnswer) => files.reduce((sum, { size }) => sum + size, 0);

const COLUMNS: readonly Column<ModelPackageAnswer>[] = [
  {
    key: 'name',
    label: 'Name',
    value: ({ name }) => name,
  },
  { key: 'id', label: 'Id', value: ({ id }) => id, cell: ({ id }) => <code>{id}</code>, isMinor: true },
  {
    key: 'status',
    label: 'Status',
    value: ({ status }) => status,
    cell: ({ status }) => <Badge tone={status === 'READY' ? 'good' : 'plain'}>{status}</Badge>,
  },
  {
    key: 'warm-up',
    label: 'Warm-up',
    value: (one) => one.warmup_status,
    cell: (one) => (
      <>
        <Badge tone={WARM_UP_TONES[one.warmup_status]}>{one.warmup_status}</Badge>
        {one.warmup_error !== null && <p class="small foreign">{one.warmup_error}</p>}
      </>
    ),
  },
  { key: 'size', label: 'Files', value: sizeOf, cell: (one) => bytes(sizeOf(one)), isNumber: true },
  {
    key: 'created',
    label: 'Uploaded',
    unit: 'UTC',
    isMinor: true,
    value: (one) => one.created_at,
    cell: (one) => <Time at={one.created_at} show="both" />,
  },
  {
    key: 'notes',
    label: 'Notes',
    cell: ({ notes }) => <span class="foreign">{notes}</span>,
    isMinor: true,
  },
];

/** The uploaded pairs of forecaster and policy. */
export function Packages() {
  const { id, select } = useSelectedPackage();
  return (
    <>
      <ViewHead title="Packages" detail="A forecaster and a policy that belong together." />
      <Panel title="All packages" flush>
        <Loaded of={packages}>
          {(all) => (
            <DataTable
              caption="Packages"
              columns={COLUMNS}
              rows={all}
              rowKey={(one) => one.id}
              onOpen={(one) => select(one.id)}
              selectedKey={id}
              empty={
                <EmptyState title="No package yet">
                  Upload the two files that training wrote: a forecast model (.pt) and a policy (.zip).
                </EmptyState>
              }
            />
          )}
        </Loaded>
      </Panel>
    </>
  );
}
