import type { ReadonlySignal } from '@preact/signals';
import { type Forecast, sortedQuantiles } from '../../charts/forecast-points.ts';
import { percent, price, signed } from '../../format/numbers.ts';
import { duration, utcMinute } from '../../format/time.ts';
import type { RunningCandle } from './candle-list.ts';

const STEP_MS = 15 * 60_000;

interface MarketLegendProps {
  readonly candles: readonly RunningCandle[];
  readonly running: RunningCandle | undefined;
  readonly forecast: Forecast | undefined;
  readonly past: Forecast | undefined;
  /** Open time, in seconds, of the candle that the pointer rests on. */
  readonly pointed: ReadonlySignal<number | undefined>;
}

/** The numbers of the candle that the pointer rests on, else of the newest one. */
export function MarketLegend({ candles, running, forecast, past, pointed }: MarketLegendProps) {
  const newest = running ?? candles.at(-1);
  const at = pointed.value === undefined ? timeOf(newest) : pointed.value * 1000;
  const candle = at === undefined ? undefined : at === timeOf(running) ? running : candleAt(candles, at);
  return (
    <p class="chart-legend">
      <span>{utcMinute(at)}</span>
      {candle !== undefined && <Ohlc candle={candle} />}
      <Quantiles of={forecast} at={pointed.value === undefined ? undefined : at} name="forecast" />
      <Quantiles of={past} at={pointed.value === undefined ? undefined : at} name="earlier forecast" />
    </p>
  );
}

function Ohlc({ candle: { open, high, low, close } }: { readonly candle: RunningCandle }) {
  return (
    <>
      <Part name="O" value={open} />
      <Part name="H" value={high} />
      <Part name="L" value={low} />
      <Part name="C" value={close} />
      <span class={close < open ? 'down' : 'up'}>{signed(((close - open) / open) * 100, percent)}</span>
    </>
  );
}

function Part({ name, value }: { readonly name: string; readonly value: number }) {
  return (
    <span>
      <span class="soft">{name}</span> {price(value)}
    </span>
  );
}

interface QuantilesProps {
  readonly of: Forecast | undefined;
  /** Open time of a candle, ms since the epoch; the last one of the forecast unless given. */
  readonly at: number | undefined;
  readonly name: string;
}

/** What a forecast says of the close of a candle. */
function Quantiles({ of, at, name }: QuantilesProps) {
  if (of === undefined) return null;
  const last = of.values.length;
  const step = at === undefined ? last : Math.round((at + STEP_MS - Date.parse(of.asOf)) / STEP_MS);
  const values = of.values[step - 1];
  if (values === undefined) return null;
  const [low, mid, high] = sortedQuantiles(values).map((value) => of.price * Math.exp(value));
  return (
    <span>
      <span class="soft">
        {name}, {duration(step * STEP_MS)}:
      </span>{' '}
      {price(low)} … <b>{price(mid)}</b> … {price(high)}
    </span>
  );
}

function timeOf(candle: RunningCandle | undefined): number | undefined {
  return candle === undefined ? undefined : Date.parse(candle.open_time);
}

function candleAt(candles: readonly RunningCandle[], at: number): RunningCandle | undefined {
  const first = timeOf(candles[0]);
  return first === undefined ? undefined : candles[(at - first) / STEP_MS];
}
