import { useLocation } from 'preact-iso/router';
import type { ModelPackageAnswer } from '../../../http/packages/schema.ts';
import { AliasChips } from '../../components/alias-chips.tsx';
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
import { packageAddress, VIEWS } from '../../views.ts';
import { AliasesPanel } from './aliases-panel.tsx';
import { DiffPanel } from './diff-panel.tsx';
import { DriftPanel } from './drift-panel.tsx';
import { LabelsPanel } from './labels-panel.tsx';
import { ManifestSummary } from './manifest-summary.tsx';
import { PackageButtons, usePackageCommands } from './package-commands.tsx';
import { PipelinePanel } from './pipeline-panel.tsx';
import { totalSize } from './total-size.ts';
import { VersionsPanel } from './versions-panel.tsx';
import { WarmUpSteps } from './warm-up-steps.tsx';
import { WeightsForm } from './weights-form.tsx';

/** One package: its warm-up, models and files, and its commands. */
export function PackageDetail({ id }: { readonly id: string }) {
  return (
    <WhenLoaded resource={packages} lines={12}>
      {(all) => {
        const found = all.find((one) => one.id === id);
        return found === undefined ? <UnknownPackage id={id} /> : <Detail one={found} all={all} />;
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
  readonly all: readonly ModelPackageAnswer[];
}

function Detail({ one, all }: DetailProps) {
  const commands = usePackageCommands(one);
  const { files, warnings } = one;
  return (
    <>
      <ViewHeader
        title={one.name}
        detail={<Facts one={one} />}
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
        </div>
        <div class="stack">
          <LabelsPanel one={one} />
          <AliasesPanel one={one} />
          <VersionsPanel one={one} all={all} />
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
      <DiffPanel one={one} all={all} />
    </>
  );
}

/** The state, the id, and what tells the package from others of its name. */
function Facts({ one }: Pick<DetailProps, 'one'>) {
  const { query } = useLocation();
  return (
    <span class="row header-details">
      <a href={withQuery(VIEWS.packages.path, { model: query.model })}>All packages</a>
      <StateBadge labels={PACKAGE_STATUS} state={one.status} />
      <AliasChips aliases={one.aliases} />
      <code class="user-text">{one.id}</code>
      <code title={`Hash of its files: ${one.hash}`}>{one.short_hash}</code>
      {one.version_of !== null && (
        <span class="user-text">
          version {one.version} of <a href={packageAddress(one.version_of, query)}>{one.version_of}</a>
        </span>
      )}
      <span>
        uploaded <Time at={one.created_at} /> UTC (<Time at={one.created_at} show="age" />)
      </span>
    </span>
  );
}

function LastWarmUp({ one: { warmup_completed_at: at } }: Pick<DetailProps, 'one'>) {
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
