import type { ReadonlySignal } from '@preact/signals';
import { type Forecast, sortedQuantiles } from '../../charts/forecast-points.ts';
import { price, signedPercent } from '../../format/numbers.ts';
import { duration, utcMinute } from '../../format/time.ts';
import type { FormingCandle } from './candle-list.ts';
import { distancePct } from './live-pnl.ts';

interface MarketLegendProps {
  readonly candles: readonly FormingCandle[];
  /** Length of a decision candle. */
  readonly candleMs: number;
  readonly forming: FormingCandle | undefined;
  readonly forecast: Forecast | undefined;
  readonly pastForecast: Forecast | undefined;
  /** Open time, in seconds, of the candle under the pointer. */
  readonly pointerTime: ReadonlySignal<number | undefined>;
}

/** The numbers of the candle under the pointer, else of the newest one. */
export function MarketLegend(props: MarketLegendProps) {
  const { candles, candleMs, forming, forecast, pastForecast, pointerTime } = props;
  const pointed = pointerTime.value === undefined ? undefined : pointerTime.value * 1000;
  const at = pointed ?? timeOf(forming ?? candles.at(-1));
  const candle =
    at === undefined ? undefined : at === timeOf(forming) ? forming : candleAt(candles, candleMs, at);
  return (
    <p class="chart-legend">
      <span>{utcMinute(at)}</span>
      {candle !== undefined && <Prices candle={candle} />}
      <Quantiles forecast={forecast} at={pointed} name="forecast" />
      <Quantiles forecast={pastForecast} at={pointed} name="earlier forecast" />
    </p>
  );
}

function Prices({ candle: { open, high, low, close } }: { readonly candle: FormingCandle }) {
  const prices = { O: open, H: high, L: low, C: close };
  return (
    <>
      {Object.entries(prices).map(([name, value]) => (
        <span key={name}>
          <span class="muted">{name}</span> {price(value)}
        </span>
      ))}
      <span class={close < open ? 'down' : 'up'}>{signedPercent(distancePct(open, close))}</span>
    </>
  );
}

interface QuantilesProps {
  readonly forecast: Forecast | undefined;
  /** Open time of a candle, ms since the epoch; the last one of the forecast unless given. */
  readonly at: number | undefined;
  readonly name: string;
}

/** The forecast quantiles of the close of a candle. */
function Quantiles({ forecast, at, name }: QuantilesProps) {
  if (forecast === undefined) return null;
  const { stepMs } = forecast;
  const step =
    at === undefined
      ? forecast.values.length
      : Math.round((at + stepMs - Date.parse(forecast.asOf)) / stepMs);
  const values = forecast.values[step - 1];
  if (values === undefined) return null;
  const [low, mid, high] = sortedQuantiles(values).map((value) => forecast.price * Math.exp(value));
  return (
    <span>
      <span class="muted">
        {name}, {duration(step * stepMs)}:
      </span>{' '}
      {price(low)} … <b>{price(mid)}</b> … {price(high)}
    </span>
  );
}

function timeOf(candle: FormingCandle | undefined): number | undefined {
  return candle === undefined ? undefined : Date.parse(candle.open_time);
}

function candleAt(
  candles: readonly FormingCandle[],
  candleMs: number,
  at: number,
): FormingCandle | undefined {
  const first = timeOf(candles[0]);
  return first === undefined ? undefined : candles[(at - first) / candleMs];
}
