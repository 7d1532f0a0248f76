import type { SystemAnswer } from '../../../http/system/schema.ts';
import { Badge } from '../../components/badge.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/notes.tsx';
import { bytes, count } from '../../format/numbers.ts';
import { duration } from '../../format/time.ts';

type Inference = SystemAnswer['inference'];

const TONES = { idle: 'plain', running: 'good', resting: 'bad', closed: 'bad' } as const;

const COLUMNS: readonly Column<Inference['models'][number]>[] = [
  { key: 'id', label: 'Package', value: ({ id }) => id, cell: ({ id }) => <span class="name">{id}</span> },
  {
    key: 'private',
    label: 'Memory',
    isNumber: true,
    value: (one) => one.private_bytes,
    cell: (one) => bytes(one.private_bytes),
  },
  {
    key: 'mapped',
    label: 'Mapped',
    isNumber: true,
    value: (one) => one.mapped_bytes,
    cell: (one) => bytes(one.mapped_bytes),
  },
  {
    key: 'load',
    label: 'Loaded in',
    isNumber: true,
    value: (one) => one.load_ms,
    cell: (one) => duration(one.load_ms),
  },
];

/** The process that computes models, and which it holds. */
export function Inference({ inference }: { readonly inference: Inference }) {
  const { state, deaths, pending, models, memory_budget_bytes: budget } = inference;
  const used = models.reduce((sum, one) => sum + one.private_bytes, 0);
  return (
    <>
      <div class="table-lead">
        <Badge tone={TONES[state]}>{state}</Badge>
        <span class="meter">
          <meter min={0} max={budget} high={budget * 0.9} value={used} aria-label="Memory for models" />
          <span>
            {bytes(used)} of {bytes(budget)}
          </span>
        </span>
        <span class="soft">
          {count(pending)} {pending === 1 ? 'call' : 'calls'} pending
          {deaths > 0 && `, died ${count(deaths)} ${deaths === 1 ? 'time' : 'times'}`}
        </span>
      </div>
      <DataTable
        caption="Models in memory"
        columns={COLUMNS}
        rows={models}
        rowKey={({ id }) => id}
        pageSize={20}
        empty={
          <EmptyState title="No model is loaded">
            Models are loaded when they are first needed, and leave when memory is.
          </EmptyState>
        }
      />
    </>
  );
}
