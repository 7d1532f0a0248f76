import { useMemo } from 'preact/hooks';
import type { DashboardAnswer } from '../../../http/dashboard/schema.ts';
import type { MlSignalAnswer } from '../../../http/ml-signal/schema.ts';
import type { Forecast } from '../../charts/forecast-points.ts';
import { PanelUntilLoaded } from '../../components/panel.tsx';
import { ViewHeader } from '../../components/view-header.tsx';
import { pipelineOf, pipelineOfPackage } from '../../data/pipeline.ts';
import { useJson } from '../../data/resource.ts';
import { withSegments } from '../../data/urls.ts';
import { useSystem } from '../../data/use-system.ts';
import { AccountCard } from './account-card.tsx';
import { DecisionCard } from './decision-card.tsx';
import { EquityPanel } from './equity-panel.tsx';
import { LastPrice } from './last-price.tsx';
import { MarketPanel } from './market-panel.tsx';
import { OpenLots } from './open-lots.tsx';
import { OriginPanel } from './origin-panel.tsx';
import { liveRecords } from './record-source.ts';
import { RecordsPanel } from './records-panel.tsx';
import { StatisticsPanel } from './statistics-panel.tsx';
import { useDecisionsAndTrades } from './use-decisions-and-trades.ts';
import { useLivePrice } from './use-live-price.ts';
import { useQuery } from './use-query.ts';

const REFRESH_MS = 60_000;
const SYSTEM_REFRESH_MS = 30_000;

const NO_POSITIONS: readonly never[] = [];

interface LiveDeskProps {
  /** For example `paper_ppo_v1`. */
  readonly accountId: string;
  readonly packageId: string | undefined;
  /** Of the package's manifest; that of the account replaces it. */
  readonly symbol: string;
  /** Name of the package. */
  readonly name: string;
}

/** A live paper account. */
export function LiveDesk({ accountId, packageId, symbol: packageSymbol, name }: LiveDeskProps) {
  const { query, change } = useQuery();
  const source = useMemo(() => liveRecords(accountId), [accountId]);
  const dashboard = useJson<DashboardAnswer>(withSegments('/paper/dashboard', accountId), {
    reloadOn: ['decision', 'position', 'equity', 'account', 'package', 'market'],
    isRelevant: ({ data }) =>
      data.model_id === accountId || data.id === packageId || data.symbol === packageSymbol,
    everyMs: REFRESH_MS,
  });
  const system = useSystem({ reloadOn: ['decision'], everyMs: SYSTEM_REFRESH_MS });
  const ownAccount = dashboard.data.value?.account;
  const pipeline = ownAccount === undefined ? pipelineOfPackage(packageId) : pipelineOf(ownAccount);
  const symbol = dashboard.data.value?.account.symbol ?? packageSymbol;
  const livePrice = useLivePrice(symbol);
  const { decisions, trades } = useDecisionsAndTrades(source);
  const forecast = useForecast(dashboard.data.value?.ml_signal ?? undefined, pipeline.decisionMs);
  return (
    <>
      <ViewHeader title="Desk" detail={name} actions={<LastPrice symbol={symbol} livePrice={livePrice} />} />
      <div class="desk">
        <div class="desk-decision">
          <PanelUntilLoaded resource={dashboard} title="Decision" lines={9}>
            {(answer) => (
              <DecisionCard
                dashboard={answer}
                candleMs={pipeline.decisionMs}
                row={decisions.pages.data.value?.items[0]}
                loop={system.data.value?.accounts.find(({ model_id }) => model_id === accountId)}
              />
            )}
          </PanelUntilLoaded>
        </div>
        <div class="desk-account">
          <PanelUntilLoaded resource={dashboard} title="Account" lines={7}>
            {(answer) => (
              <AccountCard dashboard={answer} livePrice={livePrice} onChanged={dashboard.reload} />
            )}
          </PanelUntilLoaded>
        </div>
        <div class="desk-lots">
          <PanelUntilLoaded resource={dashboard} title="Open lots" lines={3}>
            {(answer) => <OpenLots dashboard={answer} livePrice={livePrice} onChanged={dashboard.reload} />}
          </PanelUntilLoaded>
        </div>
        <div class="desk-market">
          <MarketPanel
            {...{ symbol, pipeline, livePrice, forecast }}
            modelId={accountId}
            pastAsOf={query.candle}
            onClosePast={() => change({ candle: undefined })}
            trades={trades.pages.data.value?.items ?? NO_POSITIONS}
            lots={dashboard.data.value?.open_positions ?? NO_POSITIONS}
            onOlderTrades={trades.loadMore}
          />
        </div>
        <div class="desk-equity">
          <EquityPanel source={source} />
        </div>
        <div class="desk-statistics">
          <PanelUntilLoaded resource={dashboard} title="Statistics" lines={14}>
            {(answer) => <StatisticsPanel performance={answer.performance} />}
          </PanelUntilLoaded>
          <OriginPanel source={source} />
        </div>
        <div class="desk-records">
          <RecordsPanel
            {...{ source, pipeline, decisions, trades }}
            quality={dashboard.data.value?.performance.forecast_quality}
            fileName={`trades-${accountId}`}
          />
        </div>
      </div>
    </>
  );
}

/** The forecast of the newest candle. The object stays the same as long as the forecast does. */
function useForecast(signal: MlSignalAnswer | undefined, stepMs: number): Forecast | undefined {
  return useMemo(
    () =>
      signal && {
        asOf: signal.timestamp,
        price: signal.current_price,
        values: signal.forecast_values,
        stepMs,
      },
    [signal?.timestamp, signal?.model_id, stepMs],
  );
}
