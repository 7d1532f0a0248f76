import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { StoredForecastAnswer } from '../../../http/forecasts/schema.ts';
import type { PriceAnswer } from '../../../http/market/schema.ts';
import type { PositionAnswer } from '../../../http/positions/schema.ts';
import { Chart } from '../../charts/chart.tsx';
import { type Forecast, horizonMs } from '../../charts/forecast-points.ts';
import { type MarketChartData, setUpMarket, showNewest } from '../../charts/market-chart.ts';
import { Button } from '../../components/button.tsx';
import { ErrorNotice } from '../../components/messages.tsx';
import { Panel } from '../../components/panel.tsx';
import { Time } from '../../components/time.tsx';
import { WhenLoaded } from '../../components/when-loaded.tsx';
import { getJson } from '../../data/api.ts';
import type { AccountPipeline } from '../../data/pipeline.ts';
import { type Resource, useResource } from '../../data/resource.ts';
import { withQuery, withSegments } from '../../data/urls.ts';
import { price as formatPrice } from '../../format/numbers.ts';
import { duration, hours } from '../../format/time.ts';
import { type Candle, formingCandle } from './candle-list.ts';
import { MarketLegend } from './market-legend.tsx';
import { useCandles, useIntrabarCandles } from './use-candles.ts';

const NO_CANDLES: readonly Candle[] = [];

interface MarketPanelProps {
  readonly symbol: string;
  readonly modelId: string;
  readonly pipeline: AccountPipeline;
  /** End of the candles, ISO 8601; the newest ones unless given. */
  readonly until?: string;
  /** undefined in a replay, which has no forming candle. */
  readonly livePrice: Resource<PriceAnswer> | undefined;
  /** The forecast of the newest candle. */
  readonly forecast: Forecast | undefined;
  /** Close time of the candle whose forecast is shown as well. */
  readonly pastAsOf: string | undefined;
  readonly onClosePast: () => void;
  readonly trades: readonly PositionAnswer[];
  readonly lots: readonly PositionAnswer[];
  /** Loads older trades; undefined when there are none. */
  readonly onOlderTrades: (() => void) | undefined;
}

/** The market with forecasts and the trades of an account. */
export function MarketPanel(props: MarketPanelProps) {
  const { symbol, modelId, pipeline, until, forecast, pastAsOf, onClosePast } = props;
  const { decisionMs } = pipeline;
  const { candles, loadOlder } = useCandles(symbol, pipeline, until);
  const intrabarCandles = useIntrabarCandles(symbol, pipeline, until).data.value ?? NO_CANDLES;
  const past = useResource(
    async (signal) => (pastAsOf === undefined ? null : loadForecast(modelId, pastAsOf, decisionMs, signal)),
    [modelId, pastAsOf, decisionMs],
  );
  const pastForecast = past.data.value ?? undefined;
  return (
    <Panel title={`${symbol} · ${duration(decisionMs)}`} actions={<LegendKeys forecast={forecast} />}>
      <ErrorNotice error={past.error.value} />
      {pastAsOf !== undefined && (
        <p class="row spread">
          <span>
            <i class="legend-key legend-key-past" /> Forecast of <Time at={pastAsOf} /> UTC, compared with
            actual prices
          </span>
          <Button size="small" onClick={onClosePast}>
            Hide
          </Button>
        </p>
      )}
      <WhenLoaded resource={candles} lines={16}>
        {(closed) => <MarketChart {...{ ...props, closed, intrabarCandles, pastForecast, loadOlder }} />}
      </WhenLoaded>
    </Panel>
  );
}

interface MarketChartProps extends MarketPanelProps {
  readonly closed: readonly Candle[];
  readonly intrabarCandles: readonly Candle[];
  readonly pastForecast: Forecast | undefined;
  readonly loadOlder: () => void;
}

function MarketChart(props: MarketChartProps) {
  const { symbol, pipeline, closed, intrabarCandles, livePrice, forecast, pastForecast, trades, lots } =
    props;
  const candleMs = pipeline.decisionMs;
  const lastPrice = livePrice?.data.value;
  const pointerTime = useSignal<number | undefined>(undefined);
  const forming = useMemo(
    () => formingCandle(closed.at(-1), intrabarCandles, lastPrice),
    [closed, intrabarCandles, lastPrice],
  );
  const data: MarketChartData = {
    ...{ candles: closed, candleMs, forming, forecast, pastForecast, trades, lots },
    onOldestVisible: () => {
      props.loadOlder();
      const oldestTrade = trades.at(-1)?.close_time;
      if (oldestTrade != null && oldestTrade > (closed[0]?.open_time ?? '')) props.onOlderTrades?.();
    },
    onPointerMove: (time) => {
      pointerTime.value = time;
    },
  };
  return (
    <>
      <MarketLegend {...{ candles: closed, candleMs, forming, forecast, pastForecast, pointerTime }} />
      <Chart
        label={`Candles of ${symbol}. Last price: ${formatPrice((forming ?? closed.at(-1))?.close)}.`}
        data={data}
        setUp={setUpMarket}
        setVisibleRange={showNewest}
        height="fill"
      />
    </>
  );
}

function LegendKeys({ forecast }: Pick<MarketPanelProps, 'forecast'>) {
  return (
    <ul class="legend-keys">
      {forecast !== undefined && (
        <li>
          <i class="legend-key legend-key-forecast" /> Forecast, {hours(horizonMs(forecast))}
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

async function loadForecast(
  modelId: string,
  asOf: string,
  stepMs: number,
  signal: AbortSignal,
): Promise<Forecast | null> {
  const address = withQuery(withSegments('/paper/forecasts', modelId), { as_of: asOf });
  const { as_of, price, forecast_values } = await getJson<StoredForecastAnswer>(address, { signal });
  // A forecast is relative to the close of its candle, which may be missing.
  return price === null ? null : { asOf: as_of, price, values: forecast_values, stepMs };
}
