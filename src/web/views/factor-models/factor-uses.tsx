import { useMemo, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { FactorUsesAnswer } from '../../../http/factor-models/schema.ts';
import { Button } from '../../components/button.tsx';
import { type Column, numberColumn } from '../../components/columns.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/messages.tsx';
import { WhenLoaded } from '../../components/when-loaded.tsx';
import { copyText } from '../../data/copy-text.ts';
import { count, NO_VALUE } from '../../format/numbers.ts';
import { factorSymbolAddress, type Query } from '../../views.ts';
import { factorColumn } from './factor-column.tsx';
import { factorUsesCsv, factorUsesJson } from './factor-export.ts';
import { matchesAll } from './search.ts';
import { NoMatch, SearchField } from './search-field.tsx';
import { formatTau, largestSize } from './tau.ts';
import { useModelJson } from './use-factor-models.ts';

type FactorUse = FactorUsesAnswer['items'][number];
type Group = FactorUsesAnswer['groups'][number];

/** With more groups than this, a list of symbols replaces the column per group. */
const MAX_GROUP_COLUMNS = 24;

/** All factors of a model, and the groups that use them. */
export function FactorUses({ name }: { readonly name: string }) {
  const uses = useModelJson<FactorUsesAnswer>(name, 'factor-uses');
  return <WhenLoaded resource={uses}>{(answer) => <FactorUsesTable {...{ name, answer }} />}</WhenLoaded>;
}

interface FactorUsesTableProps {
  readonly name: string;
  readonly answer: FactorUsesAnswer;
}

function FactorUsesTable({ name, answer }: FactorUsesTableProps) {
  const { query } = useLocation();
  const [search, setSearch] = useState('');
  const columns = useMemo(() => columnsFor(name, answer, query), [name, answer, query]);
  const rows = useMemo(
    () => answer.items.filter(({ factor_name }) => matchesAll(factor_name, search)),
    [answer, search],
  );
  if (answer.items.length === 0) {
    return (
      <EmptyState title="No factor yet">
        Factors come from <code>…_factors.txt</code>, or from <code>selected_factors</code> in{' '}
        <code>…_info.pkl</code>.
      </EmptyState>
    );
  }
  return (
    <>
      <div class="row toolbar">
        <SearchField value={search} onInput={setSearch} />
        <span class="muted toolbar-text">
          Kendall’s tau of each factor in each group; · not used, {NO_VALUE} no coefficient.
        </span>
        <div class="row">
          <Button
            size="small"
            onClick={() => void copyText(factorUsesJson(answer), `${name}-factors.json`, 'application/json')}
          >
            Copy JSON
          </Button>
          <Button
            size="small"
            onClick={() => void copyText(factorUsesCsv(answer), `${name}-factors.csv`, 'text/csv')}
          >
            Copy CSV
          </Button>
        </div>
      </div>
      <div class="factor-uses">
        <DataTable
          caption="Factors and the groups that use them"
          columns={columns}
          rows={rows}
          rowKey={({ factor_name }) => factor_name}
          empty={<NoMatch />}
          height="min(40rem, 70dvh)"
        />
      </div>
    </>
  );
}

function columnsFor(
  name: string,
  { groups, items }: FactorUsesAnswer,
  query: Query,
): readonly Column<FactorUse>[] {
  const common: Column<FactorUse>[] = [
    factorColumn((use) => use.factor_name),
    numberColumn('Used in', (use) => use.groups.length, String, {
      unit: `of ${count(groups.length)}`,
      isDesktopOnly: true,
    }),
    numberColumn('Mean tau', meanTau, formatTau),
  ];
  const link = ({ symbol, group_key }: Group) => factorSymbolAddress(name, symbol, query, group_key);
  if (groups.length > MAX_GROUP_COLUMNS) {
    return [
      ...common,
      {
        label: 'Symbols',
        cell: (use) => (
          <span class="symbol-links">
            {use.groups.map((index) => (
              <a key={index} href={link(groups[index]!)}>
                {groups[index]!.symbol}
              </a>
            ))}
          </span>
        ),
      },
    ];
  }
  const largest = largestSize(items.flatMap(({ kendall_taus }) => kendall_taus));
  const hasOneGroupPerSymbol = new Set(groups.map(({ symbol }) => symbol)).size === groups.length;
  return [
    ...common,
    ...groups.map((group, index) => ({
      key: `group ${group.group_key}`,
      label: hasOneGroupPerSymbol ? group.symbol : group.group_key,
      isNumber: true,
      value: (use: FactorUse) => tauIn(use, index),
      cell: (use: FactorUse) =>
        use.groups.includes(index) ? (
          <HeatCell tau={tauIn(use, index)} largest={largest} />
        ) : (
          <span class="heat heat-none">·</span>
        ),
    })),
  ];
}

/** The tau of a factor in a group, by the group's index. */
function tauIn({ groups, kendall_taus }: FactorUse, index: number): number | null {
  const use = groups.indexOf(index);
  return use === -1 ? null : (kendall_taus[use] ?? null);
}

function meanTau({ kendall_taus }: FactorUse): number | null {
  const known = kendall_taus.filter((tau) => tau !== null);
  return known.length === 0 ? null : known.reduce((sum, tau) => sum + tau, 0) / known.length;
}

/** A tau on a background whose intensity shows its size. */
function HeatCell({ tau, largest }: { readonly tau: number | null; readonly largest: number }) {
  if (tau === null) return <span class="heat">{NO_VALUE}</span>;
  const share = largest === 0 ? 0 : Math.abs(tau) / largest;
  return (
    <span
      class={tau < 0 ? 'heat heat-down' : 'heat heat-up'}
      style={{ '--share': `${Math.round(share * 40)}%` }}
    >
      {formatTau(tau)}
    </span>
  );
}
