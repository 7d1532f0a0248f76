import { useMemo } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { Badge } from '../../components/badge.tsx';
import { type Column, numberColumn, textColumn } from '../../components/columns.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/messages.tsx';
import { ResourcePanel } from '../../components/panel.tsx';
import { Time } from '../../components/time.tsx';
import { ViewHeader } from '../../components/view-header.tsx';
import { count } from '../../format/numbers.ts';
import { factorModelAddress, type Query } from '../../views.ts';
import { factorModelsHeadline } from './headline.ts';
import { WarningCount, WatchBadge } from './model-badges.tsx';
import { DESCRIPTION } from './password-required.tsx';
import { RegisterPanel } from './register-panel.tsx';
import { type FactorModel, useFactorModels } from './use-factor-models.ts';

function columnsFor(query: Query, hasNodes: boolean): readonly Column<FactorModel>[] {
  return [
    {
      label: 'Name',
      value: (one) => one.model_name,
      cell: (one) => (
        <a class="strong user-text" href={factorModelAddress(one.model_name, query)}>
          {one.model_name}
        </a>
      ),
    },
    {
      label: 'Directory',
      isDesktopOnly: true,
      value: (one) => one.root_path,
      cell: (one) => <span class="path">{one.root_path}</span>,
    },
    numberColumn('Symbols', (one) => one.symbol_count, count),
    numberColumn('Groups', (one) => one.group_count, count, { isDesktopOnly: true }),
    numberColumn('Factors', (one) => one.factor_count, count, { isDesktopOnly: true }),
    {
      label: 'Warnings',
      isNumber: true,
      value: (one) => one.warnings.length,
      cell: (one) => <WarningCount warnings={one.warnings} />,
    },
    {
      label: 'Last scan',
      isDesktopOnly: true,
      value: (one) => one.scanned_at,
      cell: (one) =>
        one.scanned_at === null ? <Badge tone="bad">never</Badge> : <Time at={one.scanned_at} show="age" />,
    },
    {
      label: 'Changes',
      isDesktopOnly: true,
      value: (one) => String(one.watched),
      cell: (one) => <WatchBadge isWatched={one.watched} />,
    },
    ...(hasNodes
      ? [textColumn<FactorModel>('Nodes with it', ({ nodes }) => nodes?.join(', ') || 'none')]
      : []),
  ];
}

/** All factor models, and the registration of another one. */
export function ModelList() {
  const { query } = useLocation();
  const models = useFactorModels();
  const hasNodes = models.data.value?.items.some(({ nodes }) => nodes !== undefined) ?? false;
  const columns = useMemo(() => columnsFor(query, hasNodes), [query, hasNodes]);
  return (
    <>
      <ViewHeader
        title="Factor models"
        headline={models.data.value && factorModelsHeadline(models.data.value.items)}
        detail={DESCRIPTION}
      />
      <ResourcePanel title="Registered directories" resource={models} lines={3} flush>
        {({ items }) => (
          <DataTable
            caption="Registered directories"
            columns={columns}
            rows={items}
            rowKey={(one) => one.model_name}
            empty={
              <EmptyState title="No directory yet">
                Register the directory that your training job writes to. Its files are read, never changed.
              </EmptyState>
            }
          />
        )}
      </ResourcePanel>
      <RegisterPanel registered={models.data.value?.items ?? []} />
    </>
  );
}
