import { useState } from 'preact/hooks';
import type { ModelPackageAnswer } from '../../../http/packages/schema.ts';
import { Badge } from '../../components/badge.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { CheckField } from '../../components/fields.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { EmptyState } from '../../components/notes.tsx';
import { Panel } from '../../components/panel.tsx';
import { Time } from '../../components/time.tsx';
import { ViewHead } from '../../components/view-head.tsx';
import { packages } from '../../data/packages.ts';
import { useResource } from '../../data/resource.ts';
import { addressOf, useSelectedPackage } from '../../data/selected-package.ts';
import { loadSystem } from '../../data/system.ts';
import { bytes, count } from '../../format/numbers.ts';
import { PackageStatus } from './package-status.tsx';
import { UploadPanel } from './upload-panel.tsx';
import { WarmUpState } from './warm-up-state.tsx';

const sizeOf = ({ files }: ModelPackageAnswer) => files.reduce((sum, { size }) => sum + size, 0);
const numberOf = (value: unknown) => (typeof value === 'number' ? value : undefined);

function columnsFor(defaultId: string | undefined): readonly Column<ModelPackageAnswer>[] {
  return [
    {
      key: 'name',
      label: 'Name',
      value: ({ name }) => name,
      cell: ({ id, name }) => (
        <span class="name">
          <a class="strong" href={addressOf(`/packages/${id}`, { model: id })}>
            {name}
          </a>{' '}
          {id === defaultId && <Badge detail="Comes with paperdesk">default</Badge>}
          {name !== id && (
            <>
              <br />
              <code class="soft">{id}</code>
            </>
          )}
        </span>
      ),
    },
    {
      key: 'status',
      label: 'Status',
      value: ({ status }) => status,
      cell: ({ status }) => <PackageStatus status={status} />,
    },
    {
      key: 'warm-up',
      label: 'Warm-up',
      value: (one) => one.warmup_status,
      cell: (one) => (
        <>
          <WarmUpState status={one.warmup_status} />
          {one.warmup_error !== null && <p class="small foreign warm-up-error">{one.warmup_error}</p>}
        </>
      ),
    },
    {
      key: 'symbol',
      label: 'Symbol',
      isMinor: true,
      value: ({ manifest }) => String(manifest.symbol ?? ''),
    },
    {
      key: 'parameters',
      label: 'Parameters',
      isNumber: true,
      isMinor: true,
      value: ({ manifest }) => numberOf(manifest.parameters),
      cell: ({ manifest }) => count(numberOf(manifest.parameters)),
    },
    {
      key: 'weights',
      label: 'Weights',
      isMinor: true,
      value: ({ weights }) => weights.used,
    },
    {
      key: 'size',
      label: 'Files',
      isNumber: true,
      isMinor: true,
      value: sizeOf,
      cell: (one) => bytes(sizeOf(one)),
    },
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
      isMinor: true,
      cell: ({ notes }) => <span class="foreign clamped">{notes}</span>,
    },
    {
      key: 'desk',
      label: '',
      isMinor: true,
      cell: ({ id, name }) => (
        <a href={addressOf('/', { model: id })} aria-label={`Desk of ${name}`}>
          Desk
        </a>
      ),
    },
  ];
}

/** All packages, and where another one is uploaded. */
export function PackageList() {
  const { id } = useSelectedPackage();
  const system = useResource(loadSystem, []).data.value;
  const [showArchived, setShowArchived] = useState(false);
  const archived = packages.data.value?.filter(({ status }) => status === 'ARCHIVED').length ?? 0;
  return (
    <>
      <ViewHead title="Packages" detail="A forecaster and a policy that belong together." />
      <UploadPanel largest={system?.upload_max_bytes} />
      <Panel
        title="All packages"
        flush
        actions={
          archived > 0 ? (
            <CheckField
              label={`Show archived (${archived})`}
              checked={showArchived}
              onChange={setShowArchived}
            />
          ) : undefined
        }
      >
        <Loaded of={packages}>
          {(all) => (
            <DataTable
              caption="Packages"
              columns={columnsFor(system?.default_package_id)}
              rows={all.filter(({ status }) => showArchived || status !== 'ARCHIVED')}
              rowKey={(one) => one.id}
              selectedKey={id}
              empty={
                <EmptyState title={archived > 0 ? 'No package is in use' : 'No package yet'}>
                  {archived > 0
                    ? 'All are archived: show them and restore one, or upload another pair above.'
                    : 'Upload the two files that training wrote: a forecast model (.pt) and a policy (.zip).'}
                </EmptyState>
              }
            />
          )}
        </Loaded>
      </Panel>
    </>
  );
}
