import type { DeskPlotData } from './desk-plot-data.ts';
import { addEquitySeries } from './desk-series.ts';
import { equityLabelLayer } from './equity-layer.ts';
import { addLayer } from './layer.ts';
import { lineLayer, selectionLayer, titleLayer } from './mark-layers.ts';
import type { TimeGrid } from './time-grid.ts';
import type { ChartContext } from './use-chart.ts';

/** The panes of equity and drawdown, which are there as long as there is any equity. */
export function equityPanes(
  context: ChartContext,
  gridOf: () => TimeGrid | undefined,
  read: () => DeskPlotData | undefined,
): { draw(data: DeskPlotData, before: DeskPlotData | undefined): void } {
  const { chart, colors, family } = context;
  let series: ReturnType<typeof addEquitySeries> | undefined;

  function addPanes() {
    const added = addEquitySeries(context);
    const marks = () => read()?.marks;
    const labels = () => ({ last: read()?.equity.at(-1), showsHolding: read()?.showsHolding ?? false });
    const title = () => (read()?.showsHolding ? `Equity against holding ${read()?.asset}` : 'Equity');
    for (const [target, name] of [
      [added.account, title],
      [added.drawdown, () => 'Below its peak'],
    ] as const) {
      addLayer(chart, target, gridOf, selectionLayer(marks, colors));
      addLayer(chart, target, gridOf, lineLayer(marks, colors, family, false));
      addLayer(chart, target, gridOf, titleLayer(name, colors, family));
    }
    addLayer(chart, added.account, gridOf, equityLabelLayer(labels, colors, family));
    return added;
  }

  return {
    draw(data, before) {
      if (data.equity.length === 0) {
        series?.remove();
        series = undefined;
        return;
      }
      const isNew = series === undefined;
      series ??= addPanes();
      if (isNew || data.equity !== before?.equity || data.grid !== before.grid)
        series.setData(data.grid, data.equity);
      if (isNew || data.showsHolding !== before?.showsHolding) {
        series.holding.applyOptions({ visible: data.showsHolding });
      }
    },
  };
}
