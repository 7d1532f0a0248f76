import type { EquityAnswer } from '../../http/equity/schema.ts';
import { percent, usdt } from '../format/numbers.ts';
import { buyAndHoldEquity } from './buy-and-hold.ts';
import { type ChartContext, showAllData } from './chart.tsx';
import { secondsOf } from './chart-time.ts';

type Points = EquityAnswer['items'];

/** Share of the height that the drawdown takes. */
const DRAWDOWN_SHARE = 0.28;

/** Draws equity and buy-and-hold, and the drawdown below. */
export function setUpEquity({ chart, library, colors }: ChartContext): (points: Points) => void {
  showAllData(chart);
  const common = { priceLineVisible: false, crosshairMarkerRadius: 3 } as const;
  const money = { priceFormat: { type: 'custom', formatter: usdt, minMove: 0.01 } } as const;
  const buyAndHold = chart.addSeries(library.LineSeries, {
    ...common,
    ...money,
    color: colors.series[6]!,
    lineWidth: 1,
    lineStyle: library.LineStyle.Dashed,
    lastValueVisible: false,
  });
  const equity = chart.addSeries(library.AreaSeries, {
    ...common,
    ...money,
    lineColor: colors.series[0]!,
    topColor: colors.fade(colors.series[0]!, 0.22),
    bottomColor: colors.fade(colors.series[0]!, 0.02),
    lineWidth: 2,
  });
  const drawdown = chart.addSeries(
    library.AreaSeries,
    {
      ...common,
      lineColor: colors.short,
      topColor: colors.fade(colors.short, 0.05),
      bottomColor: colors.fade(colors.short, 0.3),
      invertFilledArea: true,
      lineWidth: 1,
      priceFormat: { type: 'custom', formatter: (value: number) => percent(value), minMove: 0.01 },
    },
    1,
  );
  const [upper, lower] = chart.panes();
  upper?.setStretchFactor(1 - DRAWDOWN_SHARE);
  lower?.setStretchFactor(DRAWDOWN_SHARE);

  return (points) => {
    const line = (read: (point: Points[number]) => number) =>
      points.map((point) => ({ time: secondsOf(point.time), value: read(point) }));
    equity.setData(line(({ total_equity }) => total_equity));
    drawdown.setData(line(({ drawdown_pct }) => -drawdown_pct));
    buyAndHold.setData(buyAndHoldEquity(points));
    chart.timeScale().fitContent();
  };
}
