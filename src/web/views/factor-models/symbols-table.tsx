import { useMemo } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { FactorChangesAnswer } from '../../../http/factor-models/schema.ts';
import type { SymbolsAnswer } from '../../../http/factor-models/symbols/schema.ts';
import { type Column, numberColumn, textColumn, timeColumn } from '../../components/columns.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/messages.tsx';
import { count } from '../../format/numbers.ts';
import { factorSymbolAddress, type Query } from '../../views.ts';
import { ReadyBadge, WarningCount } from './model-badges.tsx';
import { trainingDate } from './training-date.ts';

type Group = SymbolsAnswer['items'][number];
type Scans = FactorChangesAnswer['items'];

interface SymbolsTableProps {
  readonly name: string;
  readonly groups: readonly Group[];
  readonly scans: Scans | undefined;
}

/** The groups of a factor model, by symbol. */
export function SymbolsTable({ name, groups, scans }: SymbolsTableProps) {
  const { query } = useLocation();
  const columns = useMemo(() => columnsFor(name, query, changeTimes(scans ?? [])), [name, query, scans]);
  return (
    <DataTable
      caption="Symbols"
      columns={columns}
      rows={groups}
      rowKey={(group) => group.group_key}
      empty={
        <EmptyState title="No artifacts in this directory">
          File names have to end in <code>_factors.txt</code>, <code>_ic.csv</code>, <code>_info.pkl</code>,{' '}
          <code>_model.json</code> or <code>_model.pkl</code>. New files appear here automatically.
        </EmptyState>
      }
    />
  );
}

/** When a scan last found a group changed, by its key. */
function changeTimes(scans: Scans): ReadonlyMap<string, string> {
  return new Map(
    scans
      .toReversed()
      .flatMap(({ scanned_at, groups }) => groups.map(({ group_key }) => [group_key, scanned_at] as const)),
  );
}

function columnsFor(
  name: string,
  query: Query,
  changed: ReadonlyMap<string, string>,
): readonly Column<Group>[] {
  return [
    {
      label: 'Symbol',
      value: ({ symbol }) => symbol,
      cell: ({ symbol, group_key }) => (
        <a class="strong user-text" href={factorSymbolAddress(name, symbol, query, group_key)}>
          {symbol}
        </a>
      ),
    },
    textColumn('Return', (group) => group.return_name, { isDesktopOnly: true }),
    {
      label: 'Group',
      isDesktopOnly: true,
      value: (group) => group.group_key,
      cell: (group) => <span class="path">{group.group_key}</span>,
    },
    numberColumn('Factors', (group) => group.factor_count, count),
    {
      label: 'Trained until',
      isDesktopOnly: true,
      value: (group) => group.train_end_date,
      cell: (group) => <span class="user-text">{trainingDate(group.train_end_date)}</span>,
    },
    timeColumn('Changed', ({ group_key }) => changed.get(group_key), { show: 'age', isDesktopOnly: true }),
    {
      label: 'Warnings',
      isNumber: true,
      isDesktopOnly: true,
      value: ({ warnings }) => warnings.length,
      cell: ({ warnings }) => <WarningCount warnings={warnings} />,
    },
    {
      label: 'Model',
      value: (group) => String(group.grpc_ready),
      cell: (group) => <ReadyBadge isReady={group.grpc_ready} />,
    },
  ];
}
