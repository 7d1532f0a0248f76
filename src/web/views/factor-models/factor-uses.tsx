import { useMemo, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { FactorUsesAnswer } from '../../../http/factor-models/schema.ts';
import { Button } from '../../components/button.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { EmptyState } from '../../components/notes.tsx';
import { copyText } from '../../data/copy-text.ts';
import { count, fixed } from '../../format/numbers.ts';
import { symbolAddress } from './addresses.ts';
import { usesCsv, usesJson } from './factor-texts.ts';
import { matchesAll } from './search.ts';
import { SearchField } from './search-field.tsx';
import { largestOf, tau } from './tau.ts';
import { useModelPart } from './use-model.ts';

type Use = FactorUsesAnswer['items'][number];
type Group = FactorUsesAnswer['groups'][number];

/** As many groups stand side by side; of more, the symbols are listed. */
const MOST_COLUMNS = 24;

/** Every factor of any symbol, and where it is used with which tau. */
export function FactorUses({ name }: { readonly name: string }) {
  const uses = useModelPart<FactorUsesAnswer>(name, 'factor-uses');
  return <Loaded of={uses}>{(answer) => <Uses name={name} answer={answer} />}</Loaded>;
}

function Uses({ name, answer }: { readonly name: string; readonly answer: FactorUsesAnswer }) {
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
        Factors come from <code>…_factors.txt</code> or from <code>selected_factors</code> in{' '}
        <code>…_info.pkl</code>.
      </EmptyState>
    );
  }
  return (
    <>
      <div class="tools">
        <SearchField label="Search factors" value={search} onInput={setSearch} />
        <span class="soft tools-text">
          Kendall’s tau where a model uses the factor; · is not used, – has no coefficient.
        </span>
        <div class="actions">
          <Button
            size="small"
            onClick={() => void copyText(usesJson(answer), `${name}-factors.json`, 'application/json')}
          >
            Copy JSON
          </Button>
          <Button
            size="small"
            onClick={() => void copyText(usesCsv(answer), `${name}-factors.csv`, 'text/csv')}
          >
            Copy CSV
          </Button>
        </div>
      </div>
      <div class="uses">
        <DataTable
          caption="Factors and where they are used"
          columns={columns}
          rows={rows}
          rowKey={({ factor_name }) => factor_name}
          empty={
            <EmptyState title="No factor has that in its name">Search for another part of it.</EmptyState>
          }
          height="min(40rem, 70dvh)"
        />
      </div>
    </>
  );
}

function columnsFor(
  name: string,
  { groups, items }: FactorUsesAnswer,
  query: Record<string, string>,
): readonly Column<Use>[] {
  const common: Column<Use>[] = [
    {
      key: 'factor',
      label: 'Factor',
      value: (use) => use.factor_name,
      cell: (use) => <span class="factor-name">{use.factor_name}</span>,
    },
    {
      key: 'used',
      label: 'Used in',
      unit: `of ${count(groups.length)}`,
      isNumber: true,
      isMinor: true,
      value: (use) => use.groups.length,
    },
    {
      key: 'mean',
      label: 'Mean tau',
      isNumber: true,
      value: meanTau,
      cell: (use) => tau(meanTau(use)),
    },
  ];
  const link = ({ symbol, group_key }: Group) => symbolAddress(name, symbol, query, group_key);
  if (groups.length > MOST_COLUMNS) {
    return [
      ...common,
      {
        key: 'where',
        label: 'Where',
        cell: (use) => (
          <span class="used-where">
            {use.groups.map((place) => (
              <a key={place} href={link(groups[place]!)}>
                {groups[place]!.symbol}
              </a>
            ))}
          </span>
        ),
      },
    ];
  }
  const largest = largestOf(items.flatMap(({ kendall_taus }) => kendall_taus));
  const symbols = new Set(groups.map(({ symbol }) => symbol));
  const bySymbol = symbols.size === groups.length;
  return [
    ...common,
    ...groups.map((group, place) => ({
      key: group.group_key,
      label: bySymbol ? group.symbol : group.group_key,
      isNumber: true,
      value: (use: Use) => tauIn(use, place),
      cell: (use: Use) =>
        use.groups.includes(place) ? (
          <Heat value={tauIn(use, place)} largest={largest} />
        ) : (
          <span class="heat heat-none">·</span>
        ),
    })),
  ];
}

function tauIn({ groups, kendall_taus }: Use, place: number): number | null {
  const at = groups.indexOf(place);
  return at === -1 ? null : (kendall_taus[at] ?? null);
}

function meanTau({ kendall_taus }: Use): number | null {
  const known = kendall_taus.filter((one) => one !== null);
  return known.length === 0 ? null : known.reduce((sum, one) => sum + one, 0) / known.length;
}

/** A tau whose size is seen before it is read; its sign stands in front of it. */
function Heat({ value, largest }: { readonly value: number | null; readonly largest: number }) {
  if (value === null) return <span class="heat">{fixed(value)}</span>;
  const share = largest === 0 ? 0 : Math.abs(value) / largest;
  return (
    <span
      class={value < 0 ? 'heat heat-down' : 'heat heat-up'}
      style={{ '--share': `${Math.round(share * 40)}%` }}
    >
      {tau(value)}
    </span>
  );
}
