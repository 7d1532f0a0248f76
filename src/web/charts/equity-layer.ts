import { signedPercent } from '../format/numbers.ts';
import { canvasFont, writeText } from './canvas-text.ts';
import type { ChartColors } from './chart-colors.ts';
import type { Layer } from './layer.ts';
import { pushApart } from './place-labels.ts';

/** Equity at an instant, in percent of the start of the run. */
export interface EquityPoint {
  /** ms since the epoch. */
  readonly time: number;
  readonly account: number;
  /** Of holding the symbol; null where no price is stored. */
  readonly holding: number | null;
  /** Below the highest equity so far, 0 or less. */
  readonly drawdown: number;
}

const LINE_HEIGHT = 14;

/** The newest results at the end of the curves. */
export function equityLabelLayer(
  read: () => { readonly last: EquityPoint | undefined; readonly showsHolding: boolean },
  colors: ChartColors,
  family: string,
): Layer {
  return {
    zOrder: 'normal',
    draw(context, scale) {
      const { last, showsHolding } = read();
      if (last === undefined || last.time > scale.to || last.time < scale.from) return;
      const labels = [{ name: 'account', value: last.account, color: colors.ink, weight: 600 }];
      if (showsHolding && last.holding !== null) {
        labels.push({ name: 'holding', value: last.holding, color: colors.text, weight: 400 });
      }
      const places = pushApart(
        labels.map(({ value }) => scale.y(value)),
        LINE_HEIGHT,
        LINE_HEIGHT,
        scale.height - 6,
      );
      const room = scale.width - scale.x(last.time);
      context.textAlign = 'left';
      for (const [index, { name, value, color, weight }] of labels.entries()) {
        context.font = canvasFont(family, weight);
        const long = `${name} ${signedPercent(value)}`;
        const text = context.measureText(long).width + 10 < room ? long : signedPercent(value);
        const x = Math.min(scale.x(last.time) + 6, scale.width - context.measureText(text).width - 2);
        writeText(context, text, x, places[index]! + 4, color, colors);
      }
    },
  };
}
