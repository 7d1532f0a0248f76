import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { KeptForecastAnswer, PositionAnswer } from '../../../http/accounts/schema.ts';
import type { PriceAnswer } from '../../../http/market/schema.ts';
import { Chart } from '../../charts/chart.tsx';
import type { Forecast } from '../../charts/forecast-points.ts';
import { type MarketChartData, setUpMarket, showNewest } from '../../charts/market-chart.ts';
import { Button } from '../../components/button.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { ErrorNote } from '../../components/notes.tsx';
import { Panel } from '../../components/panel.tsx';
import { Time } from '../../components/time.tsx';
import { getJson } from '../../data/api.ts';
import { type Resource, useResource } from '../../data/resource.ts';
import { price as priceText } from '../../format/numbers.ts';
import { type Candle, runningCandle } from './candle-list.ts';
import { MarketLegend } from './market-legend.tsx';
import { useCandleParts, useCandles } from './use-candles.ts';

const NONE: readonly never[] = [];

interface MarketPanelProps {
  readonly symbol: string;
  readonly modelId: string;
  /** Up to when candles are shown, ISO 8601; the newest ones unless given. */
  readonly until?: string;
  /** Of the candle that is not closed yet; undefined where the past is looked at. */
  readonly livePrice: Resource<PriceAnswer> | undefined;
  /** Made on the newest candle. */
  readonly forecast: Forecast | undefined;
  /** Close of the candle whose forecast is shown as well. */
  readonly pastAsOf: string | undefined;
  readonly onClosePast: () => void;
  readonly trades: readonly PositionAnswer[];
  readonly lots: readonly PositionAnswer[];
  /** Loads trades further back; undefined when there are none. */
  readonly onOlderTrades: (() => void) | undefined;
}

/** The market, what the package sees coming, and what the account did in it. */
export function MarketPanel(props: MarketPanelProps) {
  const { symbol, modelId, until, forecast, pastAsOf, onClosePast } = props;
  const { candles, older } = useCandles(symbol, until);
  const parts = useCandleParts(symbol, until);
  const past = useResource(
    (signal) => (pastAsOf === undefined ? Promise.resolve(null) : keptForecast(modelId, pastAsOf, signal)),
    [modelId, pastAsOf],
  );
  return (
    <Panel title={`${symbol} · 15 minutes`} actions={<Keys hasForecast={forecast !== undefined} />}>
      {past.error.value !== undefined && <ErrorNote error={past.error.value} />}
      {pastAsOf !== undefined && (
        <p class="chart-past">
          <span>
            <i class="key key-past" /> Forecast of <Time at={pastAsOf} /> UTC, against what happened
          </span>
          <Button size="small" onClick={onClosePast}>
            Hide
          </Button>
        </p>
      )}
      <Loaded of={candles} lines={16}>
        {(closed) => (
          <MarketChart
            {...props}
            closed={closed}
            parts={parts.data.value ?? NONE}
            past={past.data.value ?? undefined}
            onOlder={older}
          />
        )}
      </Loaded>
    </Panel>
  );
}

interface MarketChartProps extends MarketPanelProps {
  readonly closed: readonly Candle[];
  readonly parts: readonly Candle[];
  readonly past: Forecast | undefined;
  readonly onOlder: () => void;
}

function MarketChart(props: MarketChartProps) {
  const { symbol, closed, parts, livePrice, forecast, past, trades, lots, onOlder, onOlderTrades } = props;
  const price = livePrice?.data.value;
  const pointed = useSignal<number | undefined>(undefined);
  const running = useMemo(() => runningCandle(closed.at(-1), parts, price), [closed, parts, price]);
  const onOldest = () => {
    onOlder();
    const oldest = trades.at(-1)?.close_time;
    if (oldest != null && oldest > (closed[0]?.open_time ?? '')) onOlderTrades?.();
  };
  const data: MarketChartData = {
    ...{ candles: closed, running, forecast, past, trades, lots, onOldest },
    onPoint: (time) => {
      pointed.value = time;
    },
  };
  return (
    <>
      <MarketLegend candles={closed} running={running} forecast={forecast} past={past} pointed={pointed} />
      <Chart
        label={`Candles of ${symbol}; the last price is ${priceText(running?.close ?? closed.at(-1)?.close)}.`}
        data={data}
        setUp={setUpMarket}
        show={showNewest}
        height="fill"
      />
    </>
  );
}

function Keys({ hasForecast }: { readonly hasForecast: boolean }) {
  return (
    <ul class="keys">
      {hasForecast && (
        <li>
          <i class="key key-forecast" /> Forecast, 48 h
        </li>
      )}
      <li>
        <b aria-hidden="true">▲▼</b> Entry
      </li>
      <li>
        <b aria-hidden="true">■</b> Exit
      </li>
    </ul>
  );
}

async function keptForecast(modelId: string, asOf: string, signal: AbortSignal): Promise<Forecast | null> {
  const query = new URLSearchParams({ as_of: asOf });
  const kept = await getJson<KeptForecastAnswer>(`/paper/forecasts/${encodeURIComponent(modelId)}?${query}`, {
    signal,
  });
  // Without the close of its candle there is nothing to begin at.
  if (kept.price === null) return null;
  return { asOf: kept.as_of, price: kept.price, values: kept.forecast_values };
}
