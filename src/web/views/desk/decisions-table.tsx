import { useEffect } from 'preact/hooks';
import type { DecisionRowAnswer } from '../../../http/decisions/schema.ts';
import { sortedQuantiles } from '../../charts/forecast-points.ts';
import type { Column } from '../../components/columns.tsx';
import { EmptyState } from '../../components/messages.tsx';
import { Time } from '../../components/time.tsx';
import { TwoLines } from '../../components/two-lines.tsx';
import type { AccountPipeline } from '../../data/pipeline.ts';
import { fixed, NO_VALUE, signed } from '../../format/numbers.ts';
import { hours } from '../../format/time.ts';
import { DecisionDetail } from './decision-detail.tsx';
import { Direction } from './direction.tsx';
import { ACTION_LABELS, priceChange, REASON_LABELS } from './labels.ts';
import { PagedTable } from './paged-table.tsx';
import type { PagedResource } from './use-paged-list.ts';

/** At most so many rows are loaded to find the selected one. */
const MAX_SEARCHED_ROWS = 6000;

const FIRST_COLUMNS: readonly Column<DecisionRowAnswer>[] = [
  {
    label: 'Candle closed',
    unit: 'UTC',
    cell: (row) => (
      <>
        <Time at={row.as_of} />
        <span class="phone-only">
          <span class="small second-line">
            <Signal row={row} />
          </span>
        </span>
      </>
    ),
  },
  { label: 'Signal', isDesktopOnly: true, cell: (row) => <Signal row={row} /> },
];

const LAST_COLUMNS: readonly Column<DecisionRowAnswer>[] = [
  {
    label: 'Outcome',
    cell: ({ action, reason }) => (
      <span class="outcome">
        <b>{ACTION_LABELS[action]}</b>
        {reason !== null && <span class="muted">, {REASON_LABELS[reason]}</span>}
      </span>
    ),
  },
  {
    label: 'Reason',
    isDesktopOnly: true,
    cell: ({ reason }) => <code class="muted">{reason ?? ''}</code>,
  },
  {
    label: 'Latency',
    unit: 'ms',
    isNumber: true,
    isDesktopOnly: true,
    cell: ({ evidence }) => fixed(evidence?.timings_ms.total, 1),
  },
  {
    label: 'Input hash',
    isDesktopOnly: true,
    cell: ({ evidence }) => (
      <code class="muted" title={evidence?.inputs_hash ?? undefined}>
        {evidence?.inputs_hash?.slice(0, 8) ?? ''}
      </code>
    ),
  },
];

/** The forecast at the second of the steps that the log has, and at the last one. */
function forecastColumns(rows: readonly DecisionRowAnswer[], stepMs: number): Column<DecisionRowAnswer>[] {
  const quantiles = rows.find(({ evidence }) => evidence !== null)?.evidence?.quantiles ?? [];
  const steps = [quantiles[1]?.step, quantiles.at(-1)?.step].filter((step) => step !== undefined);
  return [...new Set(steps)].map((step) => ({
    label: `Forecast ${hours(step * stepMs)}`,
    isNumber: true,
    isDesktopOnly: true,
    cell: (row) => <ForecastAt row={row} step={step} />,
  }));
}

interface DecisionsTableProps {
  readonly decisions: PagedResource<DecisionRowAnswer>;
  readonly pipeline: AccountPipeline;
  /** Close time of the candle whose row is shown in full. */
  readonly selected: string | undefined;
  readonly onSelect: (asOf: string | undefined) => void;
}

/** One row per decision candle: a decision, or the reason for none. The selected row is shown in full. */
export function DecisionsTable(props: DecisionsTableProps) {
  const { decisions, pipeline, selected, onSelect } = props;
  const items = decisions.pages.data.value?.items ?? [];
  const selectedRow = items.find(({ as_of }) => as_of === selected);
  const isOnLaterPage =
    selected !== undefined && selectedRow === undefined && selected < (items.at(-1)?.as_of ?? '');
  // The address may name a candle of a page that is not loaded yet.
  useEffect(() => {
    if (isOnLaterPage && items.length < MAX_SEARCHED_ROWS) decisions.loadMore?.();
  }, [isOnLaterPage, items.length]);
  return (
    <>
      {selectedRow !== undefined && (
        <DecisionDetail row={selectedRow} pipeline={pipeline} onClose={() => onSelect(undefined)} />
      )}
      <PagedTable
        caption="Decisions"
        columns={[...FIRST_COLUMNS, ...forecastColumns(items, pipeline.decisionMs), ...LAST_COLUMNS]}
        list={decisions}
        rowKey={({ as_of }) => as_of}
        onOpen={({ as_of }) => onSelect(as_of === selected ? undefined : as_of)}
        selectedKey={selected}
        empty={
          <EmptyState title="No decision yet">
            From its first poll on, the account has one row per decision candle. Start a loop to poll it.
          </EmptyState>
        }
      />
    </>
  );
}

interface RowProps {
  readonly row: DecisionRowAnswer;
}

function Signal({ row: { signal, confidence } }: RowProps) {
  if (signal === null) return <span class="muted">{NO_VALUE}</span>;
  return (
    <span class="signal">
      <Direction signal={signal} /> <span class="muted">{fixed(confidence, 0)} %</span>
    </span>
  );
}

/** The middle quantile, and the low and high ones below it, as price changes. */
function ForecastAt({ row: { evidence }, step }: RowProps & { readonly step: number }) {
  const quantiles = evidence?.quantiles.find((one) => one.step === step);
  if (quantiles === undefined) return <span class="muted">{NO_VALUE}</span>;
  const [low, mid, high] = sortedQuantiles([quantiles.low, quantiles.mid, quantiles.high]);
  const withoutUnit = (logReturn: number) => signed(Math.expm1(logReturn) * 100, fixed);
  return <TwoLines second={`${withoutUnit(low)} … ${withoutUnit(high)}`}>{priceChange(mid)}</TwoLines>;
}
