import type { SystemAnswer } from '../../../http/system/schema.ts';
import { type Column, numberColumn, textColumn } from '../../components/columns.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/messages.tsx';
import { StateBadge, type StateLabels } from '../../components/status-badges.tsx';
import { bytes, counted } from '../../format/numbers.ts';
import { duration } from '../../format/time.ts';

type InferenceStatus = SystemAnswer['inference'];

/** Label and color of each state of an inference process. */
export const INFERENCE_STATE: StateLabels<InferenceStatus['state']> = {
  idle: ['idle', 'plain'],
  running: ['running', 'good'],
  resting: ['waiting to restart', 'bad'],
  closed: ['closed', 'bad'],
};

const COLUMNS: readonly Column<InferenceStatus['models'][number]>[] = [
  textColumn('Package', ({ id }) => id),
  numberColumn('Private memory', (one) => one.private_bytes, bytes),
  numberColumn('Mapped', (one) => one.mapped_bytes, bytes),
  numberColumn('Load time', (one) => one.load_ms, duration),
];

/** An inference process and the models that it has loaded (packages.md#29). @param caption of the table of models */
export function Inference({
  inference,
  caption,
}: {
  readonly inference: InferenceStatus;
  readonly caption: string;
}) {
  const { state, deaths, pending, models, memory_budget_bytes: budget } = inference;
  const used = models.reduce((sum, one) => sum + one.private_bytes, 0);
  return (
    <>
      <div class="row table-summary">
        <StateBadge labels={INFERENCE_STATE} state={state} />
        <span class="meter">
          <meter min={0} max={budget} high={budget * 0.9} value={used} aria-label={`Memory: ${caption}`} />
          <span>
            {bytes(used)} of {bytes(budget)}
          </span>
        </span>
        <span class="muted">
          {counted(pending, 'call')} pending
          {deaths > 0 && `, died ${counted(deaths, 'time')}`}
        </span>
      </div>
      <DataTable
        caption={caption}
        columns={COLUMNS}
        rows={models}
        rowKey={({ id }) => id}
        pageSize={20}
        empty={
          <EmptyState title="No model is loaded">
            Models are loaded on first use. The least recently used ones are unloaded when memory runs short.
          </EmptyState>
        }
      />
    </>
  );
}
