import { useMemo } from 'preact/hooks';
import type { PositionAnswer } from '../../../../http/positions/schema.ts';
import type { DeskPlotData } from '../../../charts/desk-plot-data.ts';
import { endOf, type Fan, type Forecast, fanOf, startOf } from '../../../charts/forecast-points.ts';
import { gridOver } from '../../../charts/time-grid.ts';
import type { ApiError } from '../../../data/api-error.ts';
import type { Resource } from '../../../data/resource.ts';
import { instantOf } from '../../../format/time.ts';
import type { Traded } from './chart-answers.ts';
import type { ChartRun, ChartSelection, ShownCandles, Toggles } from './chart-run.ts';
import { drawnPositions, levelsOf, selectedRange } from './plot-data.ts';
import { useEquity } from './use-equity.ts';
import { usePastForecasts } from './use-forecasts.ts';
import { useNewest } from './use-newest.ts';
import { useTraded } from './use-positions.ts';

interface PlotInputs {
  readonly run: ChartRun;
  readonly start: Parameters<typeof useEquity>[1];
  readonly shown: ShownCandles;
  /** The range in view, rounded outward. */
  readonly near: readonly [from: number, to: number];
  readonly forecast: Forecast | undefined;
  readonly chosen: Resource<Fan | null>;
  readonly lots: readonly PositionAnswer[];
  readonly selection: ChartSelection;
  readonly toggles: Toggles;
}

const NOTHING: readonly never[] = [];
const NO_TRADES: Traded = { positions: [], lines: [], days: undefined };

/** What the chart draws, without the candle that is forming. Parts that have not changed stay the same objects. */
export function usePlotData(inputs: PlotInputs): {
  readonly data: Omit<DeskPlotData, 'forming'>;
  /** Why a part of it is missing. */
  readonly errors: readonly ApiError[];
} {
  const { run, start, shown, near, forecast, chosen, lots, selection, toggles } = inputs;
  const { list: candles, stepMs, view } = shown;
  const { decisionMs, maxHoldSteps } = run.pipeline;
  const lastClose = (candles.at(-1)?.time ?? view.to) + stepMs;
  const now = nowOf(inputs, lastClose);
  const current = useMemo(() => forecast && fanOf(forecast), [forecast]);
  const horizonMs = current === undefined ? 0 : endOf(current) - startOf(current);

  const first = Math.min(view.loadFrom, candles[0]?.time ?? view.loadFrom);
  const range = { timeframe: view.timeframe, from: first, to: lastClose };
  const trades = useTraded(run.source, ...near);
  const curve = useEquity(run.source, start, range);
  const past = usePastForecasts(run, horizonMs || maxHoldSteps * decisionMs, first);

  const { positions, lines, days } = useNewest(trades.data.value) ?? NO_TRADES;
  const equity = useNewest(curve.data.value) ?? NOTHING;
  const known = useNewest(past.data.value) ?? NOTHING;
  const selected = chosen.data.value ?? undefined;

  const gridStart = candles[0]?.time ?? view.from;
  const gridEnd = Math.max(lastClose, view.to, (now ?? 0) + horizonMs);
  const grid = useMemo(() => gridOver(gridStart, gridEnd, stepMs), [gridStart, gridEnd, stepMs]);
  const drawn = useMemo(() => drawnPositions(positions, candles), [positions, candles]);
  const levels = useMemo(() => levelsOf(lots), [lots]);
  const marked = selectedRange(selection, positions, decisionMs, now ?? lastClose);
  const marks = useMemo(
    () => ({ now, horizonMs, selected: marked }),
    [now, horizonMs, marked?.[0], marked?.[1]],
  );
  const fans = useMemo(() => {
    if (!toggles.forecasts) return undefined;
    const earlier = known.filter(({ fan }) => current === undefined || startOf(fan) < startOf(current));
    return { past: earlier.map(({ fan }, index) => ({ fan, age: index + 1 })), current, selected };
  }, [toggles.forecasts, known, current, selected]);
  const outcomes = useMemo(() => known.flatMap(({ outcome }) => outcome ?? []), [known]);
  const data = {
    ...{ grid, candles, equity, fans, outcomes, levels, marks },
    positions: useMemo(
      () => ({ positions: drawn, lines, days, selected: selection.position }),
      [drawn, lines, days, selection.position],
    ),
    showsHolding: toggles.holding,
    asset: run.symbol.replace(/USD[TC]?$/, ''),
  };
  const errors = [trades, curve, past, chosen].flatMap(({ error }) => error.value ?? []);
  // One fault is often that of all of them.
  return { data, errors: [...new Map(errors.map((error) => [error.message, error])).values()] };
}

/** Where the future begins; undefined where it is not in view. */
function nowOf({ run, shown, forecast }: PlotInputs, lastClose: number): number | undefined {
  if (shown.view.loadTo !== undefined) return undefined;
  return instantOf(run.until) ?? Math.max(lastClose, instantOf(forecast?.asOf) ?? 0);
}
