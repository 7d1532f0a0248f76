import { useMemo } from 'preact/hooks';
import type { EquityAnswer } from '../../../http/equity/schema.ts';
import { Chart } from '../../charts/chart.tsx';
import { setUpEquity } from '../../charts/equity-chart.ts';
import { EmptyState } from '../../components/messages.tsx';
import { ResourcePanel } from '../../components/panel.tsx';
import { SegmentedControl } from '../../components/segmented-control.tsx';
import { getJson } from '../../data/api.ts';
import { useResource } from '../../data/resource.ts';
import { withQuery } from '../../data/urls.ts';
import { signedPercent, usdt } from '../../format/numbers.ts';
import { DAY_MS } from '../../format/time.ts';
import type { RecordSource } from './record-source.ts';
import { useQuery } from './use-query.ts';

const RANGES = [
  { id: '1d', label: '1d', ms: DAY_MS },
  { id: '1w', label: '1w', ms: 7 * DAY_MS },
  { id: '1m', label: '1m', ms: 30 * DAY_MS },
  { id: 'all', label: 'All', ms: Number.POSITIVE_INFINITY },
] as const;

const MAX_POINTS = 1200;
const CHART_HEIGHT = 300;

interface EquityPanelProps {
  readonly source: RecordSource;
  /** Where ranges end, ms since the epoch; now unless given. */
  readonly until?: number | undefined;
}

/** The equity curve with its drawdown, and buy-and-hold for comparison. */
export function EquityPanel({ source, until }: EquityPanelProps) {
  const { query, change } = useQuery();
  const range = RANGES.find(({ id }) => id === query.range) ?? RANGES[3];
  const curve = useResource(
    (signal) => {
      const isAll = range.id === 'all';
      const from = isAll ? undefined : new Date((until ?? Date.now()) - range.ms).toISOString();
      const address = withQuery(source.equity, { points: String(MAX_POINTS), from });
      return getJson<EquityAnswer>(address, { signal });
    },
    [source.equity, range.id, until],
    source.reloadOptions('equity'),
  );
  return (
    <ResourcePanel
      title="Equity"
      actions={
        <SegmentedControl
          label="Range of the equity curve"
          options={RANGES}
          selected={range.id}
          onSelect={(id) => change({ range: id === 'all' ? undefined : id })}
        />
      }
      resource={curve}
      lines={10}
    >
      {({ items }) =>
        items.length < 2 ? (
          <EmptyState title="No equity curve yet">The curve gets one point per decision candle.</EmptyState>
        ) : (
          <EquityCurve key={range.id} items={items} />
        )
      }
    </ResourcePanel>
  );
}

function EquityCurve({ items }: Pick<EquityAnswer, 'items'>) {
  const { first, last, buyAndHoldPct } = useMemo(() => summaryOf(items), [items]);
  const change = signedPercent((last.total_equity / first.total_equity - 1) * 100);
  return (
    <Chart
      label={`Equity from ${usdt(first.total_equity)} to ${usdt(last.total_equity)} USDT, ${change}.`}
      data={items}
      setUp={setUpEquity}
      height={CHART_HEIGHT}
    >
      <span class="legend-keys">
        <span>
          <i class="legend-key" /> Equity {change}
        </span>
        <span>
          <i class="legend-key legend-key-buy-and-hold" /> Buy and hold{' '}
          {buyAndHoldPct !== undefined && signedPercent(buyAndHoldPct)}
        </span>
        <span>
          <i class="legend-key legend-key-drawdown" /> Drawdown
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
  const buyAndHoldPct = from == null || to == null ? undefined : (to / from - 1) * 100;
  return { first, last, buyAndHoldPct };
}
