import { useEffect } from 'preact/hooks';
import type { DecisionRowAnswer } from '../../../http/accounts/schema.ts';
import { sortedQuantiles } from '../../charts/forecast-points.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { EmptyState, ErrorNote } from '../../components/notes.tsx';
import { Time } from '../../components/time.tsx';
import { fixed, NOTHING, percent, signed } from '../../format/numbers.ts';
import { DecisionDetail } from './decision-detail.tsx';
import { Direction } from './direction.tsx';
import { ACTION_WORDS, REASON_WORDS } from './reasons.ts';
import type { Paged } from './use-paged.ts';

const FOUR_HOURS = 16;
const TWO_DAYS = 192;
/** About two months. */
const MOST_SEARCHED = 6000;

const COLUMNS: readonly Column<DecisionRowAnswer>[] = [
  {
    key: 'candle',
    label: 'Candle closed',
    unit: 'UTC',
    cell: (row) => (
      <>
        <Time at={row.as_of} />
        <span class="small under on-phones">
          <Signal of={row} />
        </span>
      </>
    ),
  },
  { key: 'signal', label: 'Signal', isMinor: true, cell: (row) => <Signal of={row} /> },
  {
    key: 'h4',
    label: 'Forecast 4 h',
    isNumber: true,
    isMinor: true,
    cell: (row) => quantilesAt(row, FOUR_HOURS),
  },
  {
    key: 'h48',
    label: 'Forecast 48 h',
    isNumber: true,
    isMinor: true,
    cell: (row) => quantilesAt(row, TWO_DAYS),
  },
  {
    key: 'action',
    label: 'Outcome',
    cell: ({ action, reason }) => (
      <span class="outcome">
        <b>{ACTION_WORDS[action]}</b>
        {reason !== null && <span class="soft">, {REASON_WORDS[reason]}</span>}
      </span>
    ),
  },
  {
    key: 'code',
    label: 'Reason',
    isMinor: true,
    cell: ({ reason }) => <code class="soft">{reason ?? ''}</code>,
  },
  {
    key: 'latency',
    label: 'Latency',
    unit: 'ms',
    isNumber: true,
    isMinor: true,
    cell: ({ evidence }) => fixed(evidence?.timings_ms.total, 1),
  },
  {
    key: 'inputs',
    label: 'Inputs',
    isMinor: true,
    cell: ({ evidence }) => (
      <code class="soft" title={evidence?.inputs_hash ?? undefined}>
        {evidence?.inputs_hash?.slice(0, 8) ?? ''}
      </code>
    ),
  },
];

interface DecisionsTableProps {
  readonly items: readonly DecisionRowAnswer[];
  readonly decisions: Paged<DecisionRowAnswer>;
  /** The candle (close time) whose row is shown in full. */
  readonly selected: string | undefined;
  readonly onSelect: (asOf: string | undefined) => void;
}

/** One row for each candle: a decision, or the reason for none; one of them in full. */
export function DecisionsTable({ items, decisions, selected, onSelect }: DecisionsTableProps) {
  const chosen = items.find(({ as_of }) => as_of === selected);
  const { more } = decisions;
  const isFurtherBack =
    selected !== undefined && chosen === undefined && selected < (items.at(-1)?.as_of ?? '');
  // An address may name a candle of a page that is not loaded yet.
  useEffect(() => {
    if (isFurtherBack && items.length < MOST_SEARCHED) more?.();
  }, [isFurtherBack, items.length]);
  return (
    <>
      {chosen !== undefined && <DecisionDetail row={chosen} onClose={() => onSelect(undefined)} />}
      <DataTable
        caption="Decisions"
        columns={COLUMNS}
        rows={items}
        rowKey={({ as_of }) => as_of}
        onOpen={({ as_of }) => onSelect(as_of === selected ? undefined : as_of)}
        selectedKey={selected}
        onMore={decisions.more}
        isLoadingMore={decisions.isLoadingMore}
        height="34rem"
        empty={
          <EmptyState title="No candle yet">
            The account gets a row for every 15-minute candle from its first poll on. Start a loop to have it
            polled.
          </EmptyState>
        }
      />
      {decisions.moreError !== undefined && <ErrorNote error={decisions.moreError} />}
    </>
  );
}

function Signal({ of: { signal, confidence } }: { readonly of: DecisionRowAnswer }) {
  if (signal === null) return <span class="soft">{NOTHING}</span>;
  return (
    <span class="signal">
      <Direction signal={signal} /> <span class="soft">{fixed(confidence, 0)} %</span>
    </span>
  );
}

/** The middle quantile, and the band around it, as changes of price. */
function quantilesAt({ evidence }: DecisionRowAnswer, step: number) {
  const found = evidence?.quantiles.find((one) => one.step === step);
  if (found === undefined) return <span class="soft">{NOTHING}</span>;
  const [low, mid, high] = sortedQuantiles([found.low, found.mid, found.high]);
  const write = (value: number) => signed(Math.expm1(value) * 100, (one) => fixed(one, 2));
  return (
    <>
      {signed(Math.expm1(mid) * 100, percent)}
      <span class="soft small under">
        {write(low)} … {write(high)}
      </span>
    </>
  );
}
