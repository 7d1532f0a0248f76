import { useLocation } from 'preact-iso/router';
import type { ModelPackageAnswer } from '../../../http/packages/schema.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { EmptyState, ErrorNote } from '../../components/notes.tsx';
import { Panel } from '../../components/panel.tsx';
import { Time } from '../../components/time.tsx';
import { ViewHead } from '../../components/view-head.tsx';
import { packages } from '../../data/packages.ts';
import { addressOf } from '../../data/selected-package.ts';
import { bytes } from '../../format/numbers.ts';
import { ModelFacts } from './model-facts.tsx';
import { PackageActions, usePackageActions } from './package-actions.tsx';
import { PackageStatus } from './package-status.tsx';
import { WarmUpState } from './warm-up-state.tsx';
import { WarmUpSteps } from './warm-up-steps.tsx';
import { WeightForm } from './weight-form.tsx';

/** One package: its warm-up, what it is made of, and what can be done with it. */
export function PackageDetail({ id }: { readonly id: string }) {
  return (
    <Loaded of={packages} lines={12}>
      {(all) => {
        const found = all.find((one) => one.id === id);
        return found === undefined ? <Unknown id={id} /> : <Detail one={found} />;
      }}
    </Loaded>
  );
}

function Unknown({ id }: { readonly id: string }) {
  return (
    <>
      <ViewHead title="Packages" />
      <EmptyState title={`There is no package ${id}`} action={<a href="/packages">All packages</a>}>
        It may have been deleted, or never have been uploaded to this service.
      </EmptyState>
    </>
  );
}

function Detail({ one }: { readonly one: ModelPackageAnswer }) {
  const { query } = useLocation();
  const actions = usePackageActions(one);
  const { notes, files } = one;
  return (
    <>
      <ViewHead
        title={one.name}
        detail={
          <span class="package-line">
            <a href={addressOf('/packages', { model: query.model })}>All packages</a>
            <code>{one.id}</code>
            <PackageStatus status={one.status} />
            <span>
              uploaded <Time at={one.created_at} /> UTC (<Time at={one.created_at} show="age" />)
            </span>
          </span>
        }
        actions={<PackageActions one={one} actions={actions} />}
      />
      {actions.error !== undefined && <ErrorNote error={actions.error} />}
      <div class="columns">
        <div class="stack">
          <Panel
            title="Warm-up"
            beside={<WarmUpState status={one.warmup_status} />}
            actions={<Completed one={one} />}
          >
            <WarmUpSteps one={one} />
          </Panel>
          <Panel title="Weights">
            <WeightForm one={one} />
          </Panel>
          {notes !== null && notes !== '' && (
            <Panel title="Notes">
              <p class="foreign notes">{notes}</p>
            </Panel>
          )}
        </div>
        <div class="stack">
          <Panel title="Model">
            <ModelFacts manifest={one.manifest} />
          </Panel>
          <Panel title="Files" beside={<span class="soft">{totalOf(files)}</span>} flush>
            <DataTable
              caption="Files of the package"
              columns={FILE_COLUMNS}
              rows={files}
              rowKey={({ name }) => name}
              empty={<EmptyState title="No files">The service keeps none of this package.</EmptyState>}
            />
          </Panel>
        </div>
      </div>
    </>
  );
}

function Completed({ one: { warmup_completed_at: at } }: { readonly one: ModelPackageAnswer }) {
  if (at === null) return null;
  return (
    <span class="soft small">
      last done <Time at={at} /> UTC (<Time at={at} show="age" />)
    </span>
  );
}

const totalOf = (files: ModelPackageAnswer['files']) =>
  `${bytes(files.reduce((sum, { size }) => sum + size, 0))} in ${files.length} files`;

const FILE_COLUMNS: readonly Column<ModelPackageAnswer['files'][number]>[] = [
  { key: 'name', label: 'Name', value: ({ name }) => name },
  { key: 'size', label: 'Size', isNumber: true, value: ({ size }) => size, cell: ({ size }) => bytes(size) },
  { key: 'sha256', label: 'SHA-256', cell: ({ sha256 }) => <span class="hash">{sha256}</span> },
];
