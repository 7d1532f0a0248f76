import { useMemo } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { Badge } from '../../components/badge.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { EmptyState } from '../../components/notes.tsx';
import { Panel } from '../../components/panel.tsx';
import { Time } from '../../components/time.tsx';
import { ViewHead } from '../../components/view-head.tsx';
import { count } from '../../format/numbers.ts';
import { modelAddress } from './addresses.ts';
import { WarningCount, WatchState } from './model-states.tsx';
import { ABOUT } from './needs-password.tsx';
import { RegisterPanel } from './register-panel.tsx';
import { type FactorModel, useModels } from './use-model.ts';

function columnsFor(query: Record<string, string>): readonly Column<FactorModel>[] {
  return [
    {
      key: 'name',
      label: 'Name',
      value: (one) => one.model_name,
      cell: (one) => (
        <a class="model-name foreign" href={modelAddress(one.model_name, query)}>
          {one.model_name}
        </a>
      ),
    },
    {
      key: 'path',
      label: 'Directory',
      isMinor: true,
      value: (one) => one.root_path,
      cell: (one) => <span class="path">{one.root_path}</span>,
    },
    {
      key: 'symbols',
      label: 'Symbols',
      isNumber: true,
      value: (one) => one.symbol_count,
      cell: (one) => count(one.symbol_count),
    },
    {
      key: 'groups',
      label: 'Groups',
      isNumber: true,
      isMinor: true,
      value: (one) => one.group_count,
      cell: (one) => count(one.group_count),
    },
    {
      key: 'factors',
      label: 'Factors',
      isNumber: true,
      isMinor: true,
      value: (one) => one.factor_count,
      cell: (one) => count(one.factor_count),
    },
    {
      key: 'warnings',
      label: 'Warnings',
      isNumber: true,
      value: (one) => one.warnings.length,
      cell: (one) => <WarningCount count={one.warnings.length} />,
    },
    {
      key: 'scanned',
      label: 'Last scan',
      isMinor: true,
      value: (one) => one.scanned_at,
      cell: (one) =>
        one.scanned_at === null ? <Badge tone="bad">never</Badge> : <Time at={one.scanned_at} show="age" />,
    },
    {
      key: 'watched',
      label: 'Changes',
      isMinor: true,
      value: (one) => String(one.watched),
      cell: (one) => <WatchState isWatched={one.watched} />,
    },
  ];
}

/** All registered directories, and where another one is registered. */
export function ModelList() {
  const { query } = useLocation();
  const models = useModels();
  const columns = useMemo(() => columnsFor(query), [query]);
  const known = models.data.value?.items ?? [];
  return (
    <>
      <ViewHead title="Factor models" detail={ABOUT} />
      <Panel title="Registered directories" flush>
        <Loaded of={models} lines={3}>
          {({ items }) => (
            <DataTable
              caption="Registered directories"
              columns={columns}
              rows={items}
              rowKey={(one) => one.model_name}
              empty={
                <EmptyState title="No directory yet">
                  Register the one that your training job writes to: give it a name and its path below. Its
                  files are read, never changed.
                </EmptyState>
              }
            />
          )}
        </Loaded>
      </Panel>
      <RegisterPanel known={known} />
    </>
  );
}
