import type { Signal } from '@preact/signals';
import { useRef, useState } from 'preact/hooks';
import { indexAt } from '../../../charts/chart-candle.ts';
import type { DeskPlot } from '../../../charts/desk-plot.ts';
import type { DeskPlotData } from '../../../charts/desk-plot-data.ts';
import { price } from '../../../format/numbers.ts';
import { utcDayHour } from '../../../format/time.ts';

const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1 };
/** Steps at a time with Shift. */
const STRIDE = 10;

interface ChartKeys {
  readonly plot: DeskPlot | undefined;
  readonly data: Pick<DeskPlotData, 'candles'>;
  readonly pointer: Signal<number | undefined>;
  /** Called with the open time of the candle under the crosshair. */
  readonly onEnter: (time: number) => void;
  readonly onEscape: () => void;
}

/** Moves the crosshair by keyboard. `announcement` says the candle that it is on. */
export function useChartKeys({ plot, data: { candles }, pointer, onEnter, onEscape }: ChartKeys) {
  const [announcement, setAnnouncement] = useState('');
  const place = useRef<number | undefined>(undefined);

  function moveTo(index: number): void {
    const candle = candles[Math.max(0, Math.min(candles.length - 1, index))];
    if (candle === undefined) return;
    place.current = candle.time;
    pointer.value = candle.time;
    plot?.moveCrosshair(candle.time);
    setAnnouncement(`${utcDayHour(candle.time)}: ${price(candle.close)}`);
  }

  /** The candle where the crosshair is; else the newest one in view. */
  function current(): number {
    const at = place.current ?? pointer.peek() ?? plot?.visible()?.to ?? Number.POSITIVE_INFINITY;
    return indexAt(candles, at);
  }

  function onKeyDown(event: KeyboardEvent): void {
    const step = STEPS[event.key];
    if (step !== undefined) moveTo(current() + step * (event.shiftKey ? STRIDE : 1));
    else if (event.key === 'Home') moveTo(0);
    else if (event.key === 'End') moveTo(candles.length - 1);
    else if (event.key === 'Escape') onEscape();
    else if (event.key === 'Enter' && place.current !== undefined) onEnter(place.current);
    else return;
    event.preventDefault();
  }

  function onBlur(): void {
    place.current = undefined;
    pointer.value = undefined;
    plot?.moveCrosshair(undefined);
  }

  /** The pointer takes the crosshair over. */
  function onPointerMove(): void {
    place.current = undefined;
  }

  return { announcement, keys: { tabIndex: 0, onKeyDown, onBlur, onPointerMove } };
}
