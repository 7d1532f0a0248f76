import type { ReadonlySignal, Signal } from '@preact/signals';
import type { PriceAnswer } from '../../../../http/market/schema.ts';
import { type ChartCandle, indexAt } from '../../../charts/chart-candle.ts';
import type { DeskPlotData } from '../../../charts/desk-plot-data.ts';
import { type Fan, quantilesAt } from '../../../charts/forecast-points.ts';
import { noPrices } from '../../../data/events.ts';
import { count, price, signedPercent } from '../../../format/numbers.ts';
import { DAY_MS, utcDayHour } from '../../../format/time.ts';
import type { ChartRun } from './chart-run.ts';

interface ChartValuesProps {
  readonly run: ChartRun;
  readonly data: Omit<DeskPlotData, 'forming'>;
  /** Length of a candle. */
  readonly stepMs: number;
  readonly pointer: Signal<number | undefined>;
  readonly lastPrice: ReadonlySignal<PriceAnswer | undefined> | undefined;
}

/** The last price, and over the chart the numbers of the candle under the crosshair, or of the forecast there. */
export function ChartValues(props: ChartValuesProps) {
  return (
    <>
      <LastPrice {...props} />
      <CrosshairValues {...props} />
    </>
  );
}

function CrosshairValues({ data: { candles, fans }, stepMs, pointer }: ChartValuesProps) {
  const at = pointer.value;
  const newest = candles.at(-1);
  if (at === undefined || newest === undefined) return null;
  if (at > newest.time) return <ForecastValues at={at + stepMs} fan={fans?.current} />;
  const candle = candles[indexAt(candles, at)];
  return candle === undefined ? null : <CandleValues candle={candle} />;
}

function LastPrice({ run, data: { candles }, lastPrice }: ChartValuesProps) {
  const newest = candles.at(-1);
  const close = lastPrice?.value?.price ?? newest?.close;
  const before = newest && candles[indexAt(candles, newest.time - DAY_MS)]?.close;
  return (
    <p class="chart-values">
      <span>{run.symbol}</span> <b>{price(close)}</b>{' '}
      {close !== undefined && before !== undefined && (
        <span class={close < before ? 'down' : 'up'}>
          {signedPercent((close / before - 1) * 100)} in 24 h
        </span>
      )}
      {lastPrice !== undefined && noPrices.value !== undefined && (
        <span class="muted">No live price: {noPrices.value}</span>
      )}
    </p>
  );
}

function CandleValues({
  candle: { time, open, high, low, close, volume },
}: {
  readonly candle: ChartCandle;
}) {
  return (
    <p class="chart-values chart-crosshair">
      <b>{utcDayHour(time)}</b>
      {Object.entries({ O: open, H: high, L: low, C: close }).map(([name, value]) => (
        <span key={name}>
          {name} <b>{price(value)}</b>
        </span>
      ))}
      <span class={close < open ? 'down' : 'up'}>{signedPercent((close / open - 1) * 100)}</span>
      <span>V {count(volume)}</span>
    </p>
  );
}

/** @param at end of the bar, ms since the epoch */
function ForecastValues({ at, fan }: { readonly at: number; readonly fan: Fan | undefined }) {
  const [low, mid, high] = (fan && quantilesAt(fan, at)) ?? [];
  return (
    <p class="chart-values chart-crosshair">
      <b>{utcDayHour(at)}</b>
      {low !== undefined && (
        <span>
          forecast {price(low)} … <b class="chart-model">{price(mid)}</b> … {price(high)}
        </span>
      )}
    </p>
  );
}
