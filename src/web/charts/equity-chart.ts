import type { EquityAnswer } from '../../http/accounts/schema.ts';
import { percent, usdt } from '../format/numbers.ts';
import type { ChartContext } from './chart.tsx';
import { secondsOf } from './chart-time.ts';
import { heldInstead } from './held-instead.ts';

type Points = EquityAnswer['items'];

/** The part of the height that drawdowns take. */
const DRAWDOWN_SHARE = 0.28;

/** Equity beside what the same money would be worth had it bought the symbol at the first point; drawdown below. */
export function setUpEquity({ chart, library, colors }: ChartContext): (points: Points) => void {
  chart.applyOptions({
    // The whole of it is always seen; the wheel scrolls the page.
    handleScroll: false,
    handleScale: false,
    rightPriceScale: { borderVisible: false },
  });
  const plain = { priceLineVisible: false, crosshairMarkerRadius: 3 } as const;
  const money = { priceFormat: { type: 'custom', formatter: usdt, minMove: 0.01 } } as const;
  const held = chart.addSeries(library.LineSeries, {
    ...plain,
    ...money,
    color: colors.series[6]!,
    lineWidth: 1,
    lineStyle: library.LineStyle.Dashed,
    lastValueVisible: false,
  });
  const equity = chart.addSeries(library.AreaSeries, {
    ...plain,
    ...money,
    lineColor: colors.series[0]!,
    topColor: colors.fade(colors.series[0]!, 0.22),
    bottomColor: colors.fade(colors.series[0]!, 0.02),
    lineWidth: 2,
  });
  const drawdown = chart.addSeries(
    library.AreaSeries,
    {
      ...plain,
      lineColor: colors.down,
      topColor: colors.fade(colors.down, 0.05),
      bottomColor: colors.fade(colors.down, 0.3),
      invertFilledArea: true,
      lineWidth: 1,
      priceFormat: { type: 'custom', formatter: (value: number) => percent(value), minMove: 0.01 },
    },
    1,
  );
  chart.timeScale().subscribeSizeChange(() => chart.timeScale().fitContent());
  const [upper, lower] = chart.panes();
  upper?.setStretchFactor(1 - DRAWDOWN_SHARE);
  lower?.setStretchFactor(DRAWDOWN_SHARE);

  return (points) => {
    const at = (index: number) => secondsOf(points[index]!.time);
    const line = (read: (point: Points[number]) => number) =>
      points.map((point, index) => ({ time: at(index), value: read(point) }));
    equity.setData(line(({ total_equity }) => total_equity));
    drawdown.setData(line(({ drawdown_pct }) => -drawdown_pct));
    held.setData(heldInstead(points));
    chart.timeScale().fitContent();
  };
}
