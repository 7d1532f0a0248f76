import { useLocation } from 'preact-iso/router';
import type { ModelPackageAnswer } from '../../../http/packages/schema.ts';
import { type Column, numberColumn } from '../../components/columns.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState, ErrorNotice, Notice } from '../../components/messages.tsx';
import { Panel } from '../../components/panel.tsx';
import { PACKAGE_STATUS, StateBadge, WarmUpBadge } from '../../components/status-badges.tsx';
import { Time } from '../../components/time.tsx';
import { ViewHeader } from '../../components/view-header.tsx';
import { WhenLoaded } from '../../components/when-loaded.tsx';
import { packages } from '../../data/packages.ts';
import { withQuery } from '../../data/urls.ts';
import { bytes, counted } from '../../format/numbers.ts';
import { VIEWS } from '../../views.ts';
import { DriftPanel } from './drift-panel.tsx';
import { ManifestSummary } from './manifest-summary.tsx';
import { PackageButtons, usePackageCommands } from './package-commands.tsx';
import { PipelinePanel } from './pipeline-panel.tsx';
import { totalSize } from './total-size.ts';
import { WarmUpSteps } from './warm-up-steps.tsx';
import { WeightsForm } from './weights-form.tsx';

/** One package: its warm-up, models and files, and its commands. */
export function PackageDetail({ id }: { readonly id: string }) {
  return (
    <WhenLoaded resource={packages} lines={12}>
      {(all) => {
        const found = all.find((one) => one.id === id);
        return found === undefined ? <UnknownPackage id={id} /> : <Detail one={found} />;
      }}
    </WhenLoaded>
  );
}

function UnknownPackage({ id }: { readonly id: string }) {
  return (
    <>
      <ViewHeader title="Packages" />
      <EmptyState title={`There is no package ${id}`} action={<a href={VIEWS.packages.path}>All packages</a>}>
        It was deleted, or never uploaded to this service.
      </EmptyState>
    </>
  );
}

interface DetailProps {
  readonly one: ModelPackageAnswer;
}

function Detail({ one }: DetailProps) {
  const { query } = useLocation();
  const commands = usePackageCommands(one);
  const { notes, files, warnings } = one;
  return (
    <>
      <ViewHeader
        title={one.name}
        detail={
          <span class="row header-details">
            <a href={withQuery(VIEWS.packages.path, { model: query.model })}>All packages</a>
            <code>{one.id}</code>
            <StateBadge labels={PACKAGE_STATUS} state={one.status} />
            <span>
              uploaded <Time at={one.created_at} /> UTC (<Time at={one.created_at} show="age" />)
            </span>
          </span>
        }
        actions={<PackageButtons one={one} commands={commands} />}
      />
      <ErrorNotice error={commands.error} />
      {warnings.map((sentence) => (
        <Notice key={sentence} tone="warn">
          {sentence}
        </Notice>
      ))}
      <div class="columns">
        <div class="stack">
          <Panel
            title="Warm-up"
            beside={<WarmUpBadge status={one.warmup_status} />}
            actions={<LastWarmUp one={one} />}
          >
            <WarmUpSteps one={one} />
          </Panel>
          <DriftPanel one={one} />
          <PipelinePanel one={one} />
          {notes !== null && notes !== '' && (
            <Panel title="Notes">
              <p class="user-text package-notes">{notes}</p>
            </Panel>
          )}
        </div>
        <div class="stack">
          <Panel title="Weights">
            <WeightsForm one={one} />
          </Panel>
          <Panel title="Models">
            <ManifestSummary manifest={one.manifest} />
          </Panel>
          <Panel
            title="Files"
            beside={
              <span class="muted">
                {bytes(totalSize(files))} in {counted(files.length, 'file')}
              </span>
            }
            flush
          >
            <DataTable
              caption="Files of the package"
              columns={FILE_COLUMNS}
              rows={files}
              rowKey={({ name }) => name}
              empty={<EmptyState title="No files">The service has no files of this package.</EmptyState>}
            />
          </Panel>
        </div>
      </div>
    </>
  );
}

function LastWarmUp({ one: { warmup_completed_at: at } }: DetailProps) {
  if (at === null) return null;
  return (
    <span class="muted small">
      last done <Time at={at} /> UTC (<Time at={at} show="age" />)
    </span>
  );
}

const FILE_COLUMNS: readonly Column<ModelPackageAnswer['files'][number]>[] = [
  { label: 'Name', value: ({ name }) => name },
  numberColumn('Size', ({ size }) => size, bytes),
  { label: 'SHA-256', cell: ({ sha256 }) => <span class="hash">{sha256}</span> },
];
