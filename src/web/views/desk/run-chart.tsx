import type { ReadonlySignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { DashboardAnswer } from '../../../http/dashboard/schema.ts';
import type { PriceAnswer } from '../../../http/market/schema.ts';
import type { WholePositionAnswer } from '../../../http/positions/schema.ts';
import type { Fan, Forecast } from '../../charts/forecast-points.ts';
import type { Resource } from '../../data/resource.ts';
import { useQuery } from '../../data/use-query.ts';
import type { ChartRun } from './chart/chart-run.ts';
import { DeskChart } from './chart/desk-chart.tsx';
import { WHOLE_LIST } from './dock/record-view.ts';
import type { Run } from './run.ts';

const NOTHING: readonly never[] = [];

interface RunChartProps {
  readonly run: Run;
  /** Of the live account. */
  readonly dashboard: Resource<DashboardAnswer>;
  /** Of the selected candle. */
  readonly chosen: Resource<Fan | null>;
  readonly livePrice: ReadonlySignal<PriceAnswer | undefined>;
  /** The position that was chosen in the dock, for the chart to go there. */
  readonly position: WholePositionAnswer | undefined;
  /** Something was chosen here: the dock turns to where it is listed from this instant on (ISO 8601), newest first. */
  readonly onSought: (from: string | undefined) => void;
}

/** The chart of a run. A chosen candle opens its decision in the dock, a chosen position its lots. */
export function RunChart({ run, dashboard, livePrice, chosen, position: shown, onSought }: RunChartProps) {
  const { query, change } = useQuery();
  const { records, symbol, pipeline, packageId, replay } = run;
  const chartRun = useMemo<ChartRun>(
    () => ({ source: records, symbol, pipeline, packageId, until: replay?.to }),
    [records, symbol, packageId, pipeline.decisionMs, pipeline.intrabarMs, replay?.to],
  );
  const signal = dashboard.data.value?.ml_signal;
  const forecast = useMemo<Forecast | undefined>(
    () =>
      replay === undefined && signal != null && signal.forecast_values.length > 0
        ? {
            asOf: signal.timestamp,
            price: signal.current_price,
            values: signal.forecast_values,
            stepMs: pipeline.decisionMs,
          }
        : undefined,
    [replay?.id, signal?.timestamp, signal?.model_id, pipeline.decisionMs],
  );
  const during = useMemo(
    () =>
      shown !== undefined && shown.id === query.position
        ? ([shown.open_time, shown.close_time ?? new Date().toISOString()] as const)
        : undefined,
    [shown, query.position],
  );
  return (
    <DeskChart
      run={chartRun}
      lastPrice={replay === undefined ? livePrice : undefined}
      forecast={forecast}
      chosen={chosen}
      lots={replay === undefined ? (dashboard.data.value?.open_positions ?? NOTHING) : NOTHING}
      selection={{ candle: query.candle, position: query.position, during }}
      onSelect={({ candle, position, opened }) => {
        onSought(candle ?? firstMomentOf(opened));
        const tab = candle !== undefined ? 'decisions' : position !== undefined ? 'trades' : query.tab;
        change({ ...WHOLE_LIST, candle, position, tab });
      }}
    />
  );
}

/** The first instant of a position at which the one before is certainly closed. */
function firstMomentOf(opened: number | undefined): string | undefined {
  return opened === undefined ? undefined : new Date(opened + 1).toISOString();
}
