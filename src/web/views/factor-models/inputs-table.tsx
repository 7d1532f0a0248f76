import { useMemo } from 'preact/hooks';
import type { SymbolDetailAnswer } from '../../../http/factor-models/schema.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/notes.tsx';
import { Panel } from '../../components/panel.tsx';
import { fixed } from '../../format/numbers.ts';
import { importances } from './importances.ts';
import { tau } from './tau.ts';

interface Input {
  readonly dim: number;
  readonly factor: string;
  readonly tau: number | null;
  readonly importance: number | null;
}

/** Which factor is which input of the model. */
export function InputsTable({ one }: { readonly one: SymbolDetailAnswer }) {
  const rows = useMemo<Input[]>(() => {
    const importance = importances(one);
    return one.dim_factors.map(({ dim, factor_name, kendall_tau }) => ({
      dim,
      factor: factor_name,
      tau: kendall_tau,
      importance: importance(factor_name, dim),
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
            They come from <code>…_factors.txt</code> or from <code>selected_factors</code> in{' '}
            <code>…_info.pkl</code>.
          </EmptyState>
        }
        height="min(32rem, 70dvh)"
      />
    </Panel>
  );
}

const COLUMNS: readonly Column<Input>[] = [
  { key: 'dim', label: 'Dim', isNumber: true, value: ({ dim }) => dim },
  {
    key: 'factor',
    label: 'Factor',
    value: ({ factor }) => factor,
    cell: ({ factor }) => <span class="factor-name">{factor}</span>,
  },
  {
    key: 'tau',
    label: 'Tau',
    isNumber: true,
    // The chart has it too.
    isMinor: true,
    value: (row) => row.tau,
    cell: (row) => tau(row.tau),
  },
  {
    key: 'importance',
    label: 'Importance',
    isNumber: true,
    value: ({ importance }) => importance,
    cell: ({ importance }) => fixed(importance, 3),
  },
];
