import { useEffect, useRef } from 'preact/hooks';
import type { DeskPlot } from '../../../charts/desk-plot.ts';
import type { DeskPlotData } from '../../../charts/desk-plot-data.ts';
import { useQuery } from '../../../data/use-query.ts';
import type { PlacedView } from './chart-run.ts';

/** Times in ms since the epoch. */
interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** Draws the data, and shows the view whenever the reader asks for another one. A new plot shows what the last one did. */
export function useShownPlot(plot: DeskPlot | undefined, data: DeskPlotData, view: PlacedView): void {
  const kept = useRef<TimeRange | undefined>(undefined);
  const shownPlace = useRef(view.place);

  useEffect(() => {
    if (plot === undefined) return;
    plot.draw(data);
    const { from, to } = kept.current ?? view;
    plot.show(from, to);
    return () => {
      kept.current = plot.visible();
    };
  }, [plot]);
  useEffect(() => plot?.draw(data), [plot, data]);
  useEffect(() => {
    if (shownPlace.current === view.place) return;
    shownPlace.current = view.place;
    plot?.show(view.from, view.to);
  }, [view.place]);
}

/** Goes to the selected time span when it changes and is out of view. @param rangeInView what the chart shows now */
export function useSelectedInView(
  selected: readonly [number, number] | undefined,
  rangeInView: () => TimeRange,
): void {
  const { change } = useQuery();
  useEffect(() => {
    if (selected === undefined) return;
    const [begin, end] = selected;
    const { from, to } = rangeInView();
    if (end < from || begin > to) change({ at: new Date((begin + end) / 2).toISOString() });
  }, [selected?.[0], selected?.[1]]);
}
