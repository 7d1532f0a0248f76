import { labelPrice } from '../../../charts/canvas-text.ts';
import type { DeskPlotData } from '../../../charts/desk-plot-data.ts';
import { endOf, type Fan, startOf } from '../../../charts/forecast-points.ts';
import { counted, price, signedPercent } from '../../../format/numbers.ts';
import { hours, utcDay } from '../../../format/time.ts';
import type { ChartRun } from './chart-run.ts';

/** What the chart shows, with its newest numbers, for those who do not see it. */
export function chartLabel(
  { symbol }: Pick<ChartRun, 'symbol'>,
  { candles, positions, equity, fans }: Omit<DeskPlotData, 'forming'>,
): string {
  const [first, last] = [candles[0], candles.at(-1)];
  if (first === undefined || last === undefined) return `Chart of ${symbol}: no candle is stored.`;
  const result = equity.at(-1);
  const holding = result?.holding == null ? '' : `, holding ${signedPercent(result.holding)}`;
  const parts = [
    `Chart of ${symbol}, ${utcDay(first.time)} to ${utcDay(last.time)}, last close ${price(last.close)}.`,
    `${counted(positions.positions.length, 'position')}.`,
    result && `Account ${signedPercent(result.account)}${holding}.`,
    fans?.current && forecastText(fans.current),
  ];
  return parts.filter(Boolean).join(' ');
}

function forecastText(fan: Fan): string {
  const [low, high] = [labelPrice(fan.low.at(-1)!), labelPrice(fan.high.at(-1)!)];
  return `Forecast in ${hours(endOf(fan) - startOf(fan))}: ${low} to ${high}.`;
}
