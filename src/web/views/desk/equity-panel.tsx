import { useMemo } from 'preact/hooks';
import type { EquityAnswer } from '../../../http/accounts/schema.ts';
import { Chart } from '../../charts/chart.tsx';
import { setUpEquity } from '../../charts/equity-chart.ts';
import { Loaded } from '../../components/loaded.tsx';
import { EmptyState } from '../../components/notes.tsx';
import { Panel } from '../../components/panel.tsx';
import { RangeChoice } from '../../components/range-choice.tsx';
import { getJson } from '../../data/api.ts';
import { useResource } from '../../data/resource.ts';
import { percent, signed, usdt } from '../../format/numbers.ts';
import type { Book } from './book.ts';
import { useQuery } from './use-query.ts';

const DAY_MS = 24 * 60 * 60_000;
const RANGES = [
  { id: '1d', label: '1d', ms: DAY_MS },
  { id: '1w', label: '1w', ms: 7 * DAY_MS },
  { id: '1m', label: '1m', ms: 30 * DAY_MS },
  { id: 'all', label: 'All', ms: Number.POSITIVE_INFINITY },
] as const;

const POINTS = 1200;
const CHART_HEIGHT = 300;

interface EquityPanelProps {
  readonly book: Book;
  /** Where ranges end, ms since the epoch; now unless given. */
  readonly until?: number | undefined;
}

/** The account's value over time, its drawdown, and buy-and-hold beside it. */
export function EquityPanel({ book, until }: EquityPanelProps) {
  const { query, change } = useQuery();
  const range = RANGES.find(({ id }) => id === query.range) ?? RANGES[3];
  const curve = useResource(
    (signal) => {
      const parts = new URLSearchParams({ points: String(POINTS) });
      if (Number.isFinite(range.ms))
        parts.set('from', new Date((until ?? Date.now()) - range.ms).toISOString());
      return getJson<EquityAnswer>(`${book.equity}?${parts}`, { signal });
    },
    [book.equity, range.id, until],
    book.changes('equity'),
  );
  return (
    <Panel
      title="Equity"
      actions={
        <RangeChoice
          label="Range of the equity curve"
          options={RANGES}
          selected={range.id}
          onSelect={(id) => change({ range: id === 'all' ? undefined : id })}
        />
      }
    >
      <Loaded of={curve} lines={10}>
        {({ items }) =>
          items.length < 2 ? (
            <EmptyState title="No curve yet">
              A point is added with every 15-minute candle that the account lives through.
            </EmptyState>
          ) : (
            <Curve key={range.id} items={items} />
          )
        }
      </Loaded>
    </Panel>
  );
}

function Curve({ items }: { readonly items: EquityAnswer['items'] }) {
  const { first, last, held } = useMemo(() => summaryOf(items), [items]);
  const earned = (last.total_equity / first.total_equity - 1) * 100;
  return (
    <Chart
      label={`Equity from ${usdt(first.total_equity)} to ${usdt(last.total_equity)} USDT, ${signed(earned, percent)}.`}
      data={items}
      setUp={setUpEquity}
      height={CHART_HEIGHT}
    >
      <span class="keys">
        <span>
          <i class="key key-equity" /> Equity {signed(earned, percent)}
        </span>
        <span>
          <i class="key key-held" /> Buy and hold {held === undefined ? '' : signed(held, percent)}
        </span>
        <span>
          <i class="key key-drawdown" /> Drawdown
        </span>
      </span>
    </Chart>
  );
}

function summaryOf(items: EquityAnswer['items']) {
  const first = items[0]!;
  const last = items.at(-1)!;
  const from = items.find(({ price }) => price !== null)?.price;
  const to = items.findLast(({ price }) => price !== null)?.price;
  const held = from == null || to == null ? undefined : (to / from - 1) * 100;
  return { first, last, held };
}
