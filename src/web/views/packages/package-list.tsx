import { useState } from 'preact/hooks';
import type { ModelPackageAnswer } from '../../../http/packages/schema.ts';
import { Badge } from '../../components/badge.tsx';
import { type Column, numberColumn, stateColumn, timeColumn } from '../../components/columns.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { CheckboxField } from '../../components/fields.tsx';
import { EmptyState } from '../../components/messages.tsx';
import { ResourcePanel } from '../../components/panel.tsx';
import { PACKAGE_STATUS, WarmUpBadge } from '../../components/status-badges.tsx';
import { ViewHeader } from '../../components/view-header.tsx';
import { packages } from '../../data/packages.ts';
import { pipelineOf } from '../../data/pipeline.ts';
import { useSelectedPackage } from '../../data/selected-package.ts';
import { useSystem } from '../../data/use-system.ts';
import { bytes, count, counted } from '../../format/numbers.ts';
import { duration } from '../../format/time.ts';
import { deskAddress, packageAddress } from '../../views.ts';
import { proofText } from './proof.ts';
import { totalSize } from './total-size.ts';
import { UploadPanel } from './upload-panel.tsx';

function columnsFor(defaultId: string | undefined): readonly Column<ModelPackageAnswer>[] {
  return [
    {
      label: 'Name',
      value: ({ name }) => name,
      cell: ({ id, name, proof, warnings, drift }) => (
        <span class="name">
          <a class="strong" href={packageAddress(id)}>
            {name}
          </a>{' '}
          {id === defaultId && <Badge detail="Comes with paperdesk">default</Badge>}{' '}
          {proof !== null && (
            <Badge tone="good" detail={proofText(proof)}>
              proven
            </Badge>
          )}{' '}
          {warnings.length > 0 && (
            <Badge tone="warn" detail={warnings.join('\n')}>
              {counted(warnings.length, 'warning')}
            </Badge>
          )}{' '}
          {drift !== null && (
            <Badge tone={drift.state === 'BROKEN' ? 'bad' : 'warn'} detail={drift.features.join('\n')}>
              {counted(drift.features.length, 'feature')} on alert
            </Badge>
          )}
          {name !== id && (
            <>
              <br />
              <code class="muted">{id}</code>
            </>
          )}
        </span>
      ),
    },
    stateColumn('Status', ({ status }) => status, PACKAGE_STATUS),
    {
      label: 'Warm-up',
      value: (one) => one.warmup_status,
      cell: (one) => (
        <>
          <WarmUpBadge status={one.warmup_status} />
          {one.warmup_error !== null && <p class="small user-text warm-up-error">{one.warmup_error}</p>}
        </>
      ),
    },
    {
      label: 'Pipeline',
      isDesktopOnly: true,
      value: ({ manifest }) => String(manifest.symbol ?? ''),
      cell: (one) => <PipelineCell one={one} />,
    },
    numberColumn(
      'Parameters',
      ({ manifest: { parameters } }) => (typeof parameters === 'number' ? parameters : undefined),
      count,
      { isDesktopOnly: true },
    ),
    { label: 'Weights', isDesktopOnly: true, value: ({ weights }) => weights.used },
    numberColumn('Files', ({ files }) => totalSize(files), bytes, { isDesktopOnly: true }),
    timeColumn('Uploaded', (one) => one.created_at, { show: 'both', isDesktopOnly: true }),
    {
      label: 'Notes',
      isDesktopOnly: true,
      cell: ({ notes }) => <span class="user-text clamped">{notes}</span>,
    },
    {
      label: '',
      isDesktopOnly: true,
      cell: ({ id, name }) => (
        <a href={deskAddress(id)} aria-label={`Desk of ${name}`}>
          Desk
        </a>
      ),
    },
  ];
}

function PipelineCell({ one }: { readonly one: ModelPackageAnswer }) {
  const { symbol, feature_set, forecast_horizon_steps } = one.manifest;
  return (
    <span class="pipeline-cell">
      {`${symbol}, ${duration(pipelineOf(one.manifest).decisionMs)}`}
      <br />
      <span class="muted small">{`${feature_set}, ${counted(Number(forecast_horizon_steps), 'step')}`}</span>
    </span>
  );
}

/** All packages, and the upload of another one. */
export function PackageList() {
  const { id } = useSelectedPackage();
  const system = useSystem().data.value;
  const [showArchived, setShowArchived] = useState(false);
  const archived = packages.data.value?.filter(({ status }) => status === 'ARCHIVED').length ?? 0;
  return (
    <>
      <ViewHeader title="Packages" detail="Pairs of a forecaster and a policy." />
      <UploadPanel maxBytes={system?.upload_max_bytes} />
      <ResourcePanel
        title="All packages"
        actions={
          archived > 0 ? (
            <CheckboxField
              label={`Show archived (${archived})`}
              checked={showArchived}
              onChange={setShowArchived}
            />
          ) : undefined
        }
        resource={packages}
        lines={5}
        flush
      >
        {(all) => (
          <DataTable
            caption="Packages"
            columns={columnsFor(system?.default_package_id)}
            rows={all.filter(({ status }) => showArchived || status !== 'ARCHIVED')}
            rowKey={(one) => one.id}
            selectedKey={id}
            empty={<NoPackages areArchived={archived > 0} />}
          />
        )}
      </ResourcePanel>
    </>
  );
}

function NoPackages({ areArchived }: { readonly areArchived: boolean }) {
  return areArchived ? (
    <EmptyState title="No active package">
      All packages are archived. Show and restore one, or upload another above.
    </EmptyState>
  ) : (
    <EmptyState title="No package yet">
      Upload the two files that training wrote: the forecast model (.pt) and the policy (.zip).
    </EmptyState>
  );
}
