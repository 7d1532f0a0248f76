import type { DeskPlotData } from './desk-plot-data.ts';
import { fanLabelLayer, fanLayer } from './fan-layer.ts';
import type { Layer, PlotScale } from './layer.ts';
import { levelLayer } from './level-layer.ts';
import { lineLayer, outcomeLayer, selectionLayer } from './mark-layers.ts';
import type { Box } from './place-labels.ts';
import { positionLayer } from './position-layer.ts';
import type { ChartContext } from './use-chart.ts';

/** Room that the name of the line of now takes at the top of the chart, in CSS pixels. */
const NOW_LABEL: Pick<Box, 'width' | 'height'> = { width: 74, height: 20 };

/** Room at the top left for the numbers under the crosshair, which lie on the chart; they need two lines where it is narrow. */
function crosshairBox({ width }: PlotScale): Box {
  return { x: 0, y: 0, width: Math.min(width, 560), height: width < 560 ? 40 : 22 };
}

/**
 * What is drawn in the pane of prices besides the candles, from below to above.
 * @param drawn what the chart shows at the time of drawing; undefined before the first data
 * @returns the layers, and the id of the position whose label is at a place
 */
export function deskLayers(
  { colors, family }: ChartContext,
  drawn: () => DeskPlotData | undefined,
): {
  readonly layers: readonly Layer[];
  readonly positionAt: (x: number, y: number) => string | undefined;
} {
  const levels = levelLayer(() => drawn()?.levels, colors, family);
  const positions = positionLayer(
    () => drawn()?.positions,
    colors,
    family,
    (scale) => {
      const now = drawn()?.marks.now;
      const label = now === undefined ? [] : [{ ...NOW_LABEL, x: scale.x(now) - NOW_LABEL.width, y: 0 }];
      return [...levels.boxes(), ...label, crosshairBox(scale)];
    },
  );
  const outcomes = () => {
    const data = drawn();
    return data?.fans === undefined ? [] : data.outcomes;
  };
  return {
    layers: [
      selectionLayer(() => drawn()?.marks, colors),
      fanLayer(() => drawn()?.fans, colors),
      lineLayer(() => drawn()?.marks, colors, family, true),
      outcomeLayer(outcomes, colors),
      fanLabelLayer(() => drawn()?.fans?.current, colors, family),
      levels,
      positions,
    ],
    positionAt: (x, y) => positions.hitTest?.(x, y),
  };
}
