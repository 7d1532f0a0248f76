import type { ModelPackageAnswer } from '../../../http/packages/schema.ts';
import { type Column, linkColumn, timeColumn } from '../../components/columns.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/messages.tsx';
import { ResourcePanel } from '../../components/panel.tsx';
import { WarmUpBadge } from '../../components/status-badges.tsx';
import { packages } from '../../data/packages.ts';
import { packageAddress, VIEWS } from '../../views.ts';

const COLUMNS: readonly Column<ModelPackageAnswer>[] = [
  linkColumn(
    'Package',
    ({ name }) => name,
    ({ id }) => packageAddress(id),
  ),
  {
    label: 'Warm-up',
    value: (one) => one.warmup_status,
    cell: (one) => (
      <>
        <WarmUpBadge status={one.warmup_status} />
        {one.warmup_error !== null && <p class="small user-text">{one.warmup_error}</p>}
      </>
    ),
  },
  timeColumn('Completed', (one) => one.warmup_completed_at, { isDesktopOnly: true }),
];

/** The warm-ups of the packages that are not archived. */
export function WarmUps() {
  return (
    <ResourcePanel title="Warm-ups" resource={packages} lines={4} flush>
      {(all) => (
        <DataTable
          caption="Warm-ups"
          columns={COLUMNS}
          rows={all.filter(({ status }) => status !== 'ARCHIVED')}
          rowKey={({ id }) => id}
          pageSize={20}
          empty={
            <EmptyState title="No active package" action={<a href={VIEWS.packages.path}>Packages</a>}>
              Upload a package, or restore an archived one.
            </EmptyState>
          }
        />
      )}
    </ResourcePanel>
  );
}
