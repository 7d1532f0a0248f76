import { useMemo } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { FactorChangesAnswer, SymbolsAnswer } from '../../../http/factor-models/schema.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/notes.tsx';
import { Time } from '../../components/time.tsx';
import { count, NOTHING } from '../../format/numbers.ts';
import { symbolAddress } from './addresses.ts';
import { dateText } from './date-text.ts';
import { ReadyState, WarningCount } from './model-states.tsx';

type Group = SymbolsAnswer['items'][number];

interface SymbolsTableProps {
  readonly name: string;
  readonly groups: readonly Group[];
  readonly scans: FactorChangesAnswer['items'] | undefined;
}

/** The groups of artifacts of a model, by symbol. */
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
          Files have to be called <code>…_factors.txt</code>, <code>…_ic.csv</code>, <code>…_info.pkl</code>,{' '}
          <code>…_model.json</code> or <code>…_model.pkl</code>. What is written there appears here by itself.
        </EmptyState>
      }
    />
  );
}

/** When a group was last found changed. */
function changeTimes(scans: FactorChangesAnswer['items']): ReadonlyMap<string, string> {
  const times = new Map<string, string>();
  for (const { scanned_at, groups } of scans.toReversed()) {
    for (const { group_key } of groups) times.set(group_key, scanned_at);
  }
  return times;
}

function columnsFor(
  name: string,
  query: Record<string, string>,
  changed: ReadonlyMap<string, string>,
): readonly Column<Group>[] {
  return [
    {
      key: 'symbol',
      label: 'Symbol',
      value: ({ symbol }) => symbol,
      cell: ({ symbol, group_key }) => (
        <a class="model-name foreign" href={symbolAddress(name, symbol, query, group_key)}>
          {symbol}
        </a>
      ),
    },
    {
      key: 'return',
      label: 'Return',
      isMinor: true,
      value: (group) => group.return_name,
      cell: (group) => <span class="foreign">{group.return_name ?? NOTHING}</span>,
    },
    {
      key: 'group',
      label: 'Group',
      isMinor: true,
      value: (group) => group.group_key,
      cell: (group) => <span class="path">{group.group_key}</span>,
    },
    {
      key: 'factors',
      label: 'Factors',
      isNumber: true,
      value: (group) => group.factor_count,
      cell: (group) => count(group.factor_count),
    },
    {
      key: 'trained',
      label: 'Trained until',
      isMinor: true,
      value: (group) => group.train_end_date,
      cell: (group) => <span class="foreign">{dateText(group.train_end_date)}</span>,
    },
    {
      key: 'changed',
      label: 'Changed',
      isMinor: true,
      value: ({ group_key }) => changed.get(group_key),
      cell: ({ group_key }) => <Time at={changed.get(group_key)} show="age" />,
    },
    {
      key: 'warnings',
      label: 'Warnings',
      isNumber: true,
      isMinor: true,
      value: ({ warnings }) => warnings.length,
      cell: ({ warnings }) => <WarningCount count={warnings.length} />,
    },
    {
      key: 'ready',
      label: 'Model',
      value: (group) => String(group.grpc_ready),
      cell: (group) => <ReadyState isReady={group.grpc_ready} />,
    },
  ];
}
