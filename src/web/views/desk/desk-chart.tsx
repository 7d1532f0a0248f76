import { useMemo } from 'preact/hooks';
import type { DashboardAnswer } from '../../../http/dashboard/schema.ts';
import type { PriceAnswer } from '../../../http/market/schema.ts';
import type { TradeAnswer } from '../../../http/positions/schema.ts';
import type { Forecast } from '../../charts/forecast-points.ts';
import { getJson } from '../../data/api.ts';
import { type Resource, useResource } from '../../data/resource.ts';
import { withQuery } from '../../data/urls.ts';
import type { RecordPage } from './dock/record-list.ts';
import { MarketPanel } from './market-panel.tsx';
import type { Run } from './run.ts';
import { useQuery } from './use-query.ts';

const TRADES = '200';
const NOTHING: readonly never[] = [];

interface DeskChartProps {
  readonly run: Run;
  readonly dashboard: Resource<DashboardAnswer>;
  readonly livePrice: Resource<PriceAnswer>;
}

/** The market with the forecasts and the trades of a run. */
export function DeskChart({ run, dashboard, livePrice }: DeskChartProps) {
  const { query, change } = useQuery();
  const { records, replay, pipeline } = run;
  const trades = useResource(
    (signal) => getJson<RecordPage<TradeAnswer>>(withQuery(records.trades, { limit: TRADES }), { signal }),
    [records.trades],
    records.reloadOptions('position'),
  );
  const signal = dashboard.data.value?.ml_signal;
  const forecast = useMemo<Forecast | undefined>(
    () =>
      replay === undefined && signal != null
        ? {
            asOf: signal.timestamp,
            price: signal.current_price,
            values: signal.forecast_values,
            stepMs: pipeline.decisionMs,
          }
        : undefined,
    [replay?.id, signal?.timestamp, signal?.model_id, pipeline.decisionMs],
  );
  return (
    <MarketPanel
      symbol={run.symbol}
      modelId={run.modelId}
      {...{ pipeline, forecast }}
      {...(replay === undefined ? {} : { until: replay.to })}
      livePrice={replay === undefined ? livePrice : undefined}
      pastAsOf={query.candle}
      onClosePast={() => change({ candle: undefined })}
      trades={trades.data.value?.items ?? NOTHING}
      lots={replay === undefined ? (dashboard.data.value?.open_positions ?? NOTHING) : NOTHING}
      onOlderTrades={undefined}
    />
  );
}
