import { useEffect } from 'preact/hooks';
import type { DecisionRowAnswer } from '../../../http/decisions/schema.ts';
import { sortedQuantiles } from '../../charts/forecast-points.ts';
import type { Column } from '../../components/columns.tsx';
import { EmptyState } from '../../components/messages.tsx';
import { Time } from '../../components/time.tsx';
import { TwoLines } from '../../components/two-lines.tsx';
import { fixed, NO_VALUE, signed } from '../../format/numbers.ts';
import { DecisionDetail } from './decision-detail.tsx';
import { Direction } from './direction.tsx';
import { ACTION_LABELS, priceChange, REASON_LABELS } from './labels.ts';
import { PagedTable } from './paged-table.tsx';
import type { PagedResource } from './use-paged-list.ts';

const STEPS_IN_4_HOURS = 16;
const STEPS_IN_48_HOURS = 192;
/** About two months. */
const MAX_SEARCHED_ROWS = 6000;

const COLUMNS: readonly Column<DecisionRowAnswer>[] = [
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
  {
    label: 'Forecast 4 h',
    isNumber: true,
    isDesktopOnly: true,
    cell: (row) => <ForecastAt row={row} step={STEPS_IN_4_HOURS} />,
  },
  {
    label: 'Forecast 48 h',
    isNumber: true,
    isDesktopOnly: true,
    cell: (row) => <ForecastAt row={row} step={STEPS_IN_48_HOURS} />,
  },
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

interface DecisionsTableProps {
  readonly decisions: PagedResource<DecisionRowAnswer>;
  /** Close time of the candle whose row is shown in full. */
  readonly selected: string | undefined;
  readonly onSelect: (asOf: string | undefined) => void;
}

/** One row per decision candle: a decision, or the reason for none. The selected row is shown in full. */
export function DecisionsTable({ decisions, selected, onSelect }: DecisionsTableProps) {
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
      {selectedRow !== undefined && <DecisionDetail row={selectedRow} onClose={() => onSelect(undefined)} />}
      <PagedTable
        caption="Decisions"
        columns={COLUMNS}
        list={decisions}
        rowKey={({ as_of }) => as_of}
        onOpen={({ as_of }) => onSelect(as_of === selected ? undefined : as_of)}
        selectedKey={selected}
        empty={
          <EmptyState title="No decision yet">
            From its first poll on, the account has one row per decision candle (15 min). Start a loop to poll
            it.
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
