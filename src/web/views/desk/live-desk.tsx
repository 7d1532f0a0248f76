import { useMemo } from 'preact/hooks';
import type { DashboardAnswer } from '../../../http/accounts/schema.ts';
import type { MlSignalAnswer } from '../../../http/decisions/schema.ts';
import type { Forecast } from '../../charts/forecast-points.ts';
import { ViewHead } from '../../components/view-head.tsx';
import { getJson } from '../../data/api.ts';
import { useResource } from '../../data/resource.ts';
import { loadSystem } from '../../data/system.ts';
import { AccountCard } from './account-card.tsx';
import { liveBook } from './book.ts';
import { DecisionCard } from './decision-card.tsx';
import { Area, Carded } from './desk-area.tsx';
import { EquityPanel } from './equity-panel.tsx';
import { LastPrice } from './last-price.tsx';
import { MarketPanel } from './market-panel.tsx';
import { OpenLots } from './open-lots.tsx';
import { RecordsPanel } from './records-panel.tsx';
import { StatisticsPanel } from './statistics-panel.tsx';
import { useLivePrice } from './use-live-price.ts';
import { useLogs } from './use-logs.ts';
import { useQuery } from './use-query.ts';

const REFRESH_MS = 60_000;
const SYSTEM_REFRESH_MS = 30_000;

const NONE: readonly never[] = [];

interface LiveDeskProps {
  /** For example `paper_ppo_v1`. */
  readonly accountId: string;
  readonly packageId: string | undefined;
  /** What it trades as far as the package says so; the account itself has the last word. */
  readonly symbol: string;
  /** What the package is called. */
  readonly name: string;
}

/** A paper account that trades now. */
export function LiveDesk({ accountId, packageId, symbol: expected, name }: LiveDeskProps) {
  const { query, change } = useQuery();
  const book = useMemo(() => liveBook(accountId), [accountId]);
  const dashboard = useResource(
    (signal) => getJson<DashboardAnswer>(`/paper/dashboard/${encodeURIComponent(accountId)}`, { signal }),
    [accountId],
    {
      reloadOn: ['decision', 'position', 'equity', 'account', 'package', 'market'],
      matters: ({ data }) => data.model_id === accountId || data.id === packageId || data.symbol === expected,
      everyMs: REFRESH_MS,
    },
  );
  const system = useResource(loadSystem, [], { reloadOn: ['decision'], everyMs: SYSTEM_REFRESH_MS });
  const symbol = dashboard.data.value?.account.symbol ?? expected;
  const livePrice = useLivePrice(symbol);
  const { decisions, trades } = useLogs(book);
  const forecast = useForecast(dashboard.data.value?.ml_signal ?? undefined);
  return (
    <>
      <ViewHead title="Desk" detail={name} actions={<LastPrice symbol={symbol} of={livePrice} />} />
      <div class="desk">
        <Area name="decision">
          <Carded of={dashboard} title="Decision" lines={9}>
            {(answer) => (
              <DecisionCard
                dashboard={answer}
                row={decisions.list.data.value?.items[0]}
                polled={system.data.value?.accounts.find(({ model_id }) => model_id === accountId)}
              />
            )}
          </Carded>
        </Area>
        <Area name="account">
          <Carded of={dashboard} title="Account" lines={7}>
            {(answer) => (
              <AccountCard dashboard={answer} livePrice={livePrice} onChanged={dashboard.reload} />
            )}
          </Carded>
        </Area>
        <Area name="lots">
          <Carded of={dashboard} title="Open lots" lines={3}>
            {(answer) => <OpenLots dashboard={answer} livePrice={livePrice} onChanged={dashboard.reload} />}
          </Carded>
        </Area>
        <Area name="market">
          <MarketPanel
            {...{ symbol, livePrice, forecast }}
            modelId={accountId}
            pastAsOf={query.candle}
            onClosePast={() => change({ candle: undefined })}
            trades={trades.list.data.value?.items ?? NONE}
            lots={dashboard.data.value?.open_positions ?? NONE}
            onOlderTrades={trades.more}
          />
        </Area>
        <Area name="equity">
          <EquityPanel book={book} />
        </Area>
        <Area name="statistics">
          <Carded of={dashboard} title="Statistics" lines={14}>
            {(answer) => <StatisticsPanel of={answer.performance} />}
          </Carded>
        </Area>
        <Area name="records">
          <RecordsPanel
            {...{ book, decisions, trades }}
            quality={dashboard.data.value?.performance.forecast_quality}
            fileName={`trades-${accountId}`}
          />
        </Area>
      </div>
    </>
  );
}

/** The forecast of the newest candle; the same object for as long as it is the same forecast. */
function useForecast(said: MlSignalAnswer | undefined): Forecast | undefined {
  const asOf = said?.timestamp;
  const model = said?.model_id;
  return useMemo(
    () =>
      said === undefined
        ? undefined
        : { asOf: said.timestamp, price: said.current_price, values: said.forecast_values },
    [asOf, model],
  );
}
