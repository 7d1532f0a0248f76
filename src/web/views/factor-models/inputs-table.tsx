import { useMemo } from 'preact/hooks';
import type { SymbolDetailAnswer } from '../../../http/factor-models/symbols/schema.ts';
import { type Column, numberColumn } from '../../components/columns.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/messages.tsx';
import { Panel } from '../../components/panel.tsx';
import { fixed } from '../../format/numbers.ts';
import { factorColumn } from './factor-column.tsx';
import { importanceLookup } from './importances.ts';
import { formatTau } from './tau.ts';

interface Input {
  readonly dim: number;
  readonly factor: string;
  readonly tau: number | null;
  readonly importance: number | null;
}

/** The inputs of the model, with the factor of each (factor-models.md#7). */
export function InputsTable({ one }: { readonly one: SymbolDetailAnswer }) {
  const rows = useMemo<Input[]>(() => {
    const importanceOf = importanceLookup(one);
    return one.dim_factors.map(({ dim, factor_name, kendall_tau }) => ({
      dim,
      factor: factor_name,
      tau: kendall_tau,
      importance: importanceOf(factor_name, dim),
    }));
  }, [one]);
  const columns = rows.some(({ importance }) => importance !== null) ? COLUMNS : COLUMNS.slice(0, -1);
  return (
    <Panel title="Inputs of the model" flush>
      <DataTable
        caption="Inputs of the model"
        columns={columns}
        rows={rows}
        rowKey={({ dim }) => String(dim)}
        empty={
          <EmptyState title="No inputs known">
            They come from <code>…_factors.txt</code>, or from <code>selected_factors</code> in{' '}
            <code>…_info.pkl</code>.
          </EmptyState>
        }
        height="min(32rem, 70dvh)"
      />
    </Panel>
  );
}

const COLUMNS: readonly Column<Input>[] = [
  numberColumn('Dim', ({ dim }) => dim, String),
  factorColumn(({ factor }) => factor),
  numberColumn('Tau', ({ tau }) => tau, formatTau, { isDesktopOnly: true }),
  numberColumn(
    'Importance',
    ({ importance }) => importance,
    (value) => fixed(value, 3),
  ),
];
