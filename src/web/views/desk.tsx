import type { CandlesAnswer } from '../../http/schemas/market.ts';
import { setUpCandles } from '../charts/candle-chart.ts';
import { Chart } from '../charts/chart.tsx';
import { Loaded } from '../components/loaded.tsx';
import { Panel } from '../components/panel.tsx';
import { ViewHead } from '../components/view-head.tsx';
import { getJson } from '../data/api.ts';
import { useResource } from '../data/resource.ts';
import { useSelectedPackage } from '../data/selected-package.ts';
import { price } from '../format/numbers.ts';

const CANDLES = 300;
const REFRESH_MS = 60_000;

/** What the selected package sees and does. */
export function Desk() {
  const { selected } = useSelectedPackage();
  const symbol = typeof selected?.manifest.symbol === 'string' ? selected.manifest.symbol : 'BTCUSDT';
  const candles = useResource(
    (signal) =>
      getJson<CandlesAnswer>(
        `/market/candles?${new URLSearchParams({ symbol, interval: '15m', limit: String(CANDLES) })}`,
        { signal },
      ),
    [symbol],
    { reloadOn: ['market'], everyMs: REFRESH_MS },
  );
  return (
    <>
      <ViewHead title="Desk" detail={selected?.name} />
      <Panel title={`${symbol}, 15 minutes`}>
        <Loaded of={candles} lines={14}>
          {(answer) => (
            <Chart
              label={`Candles of ${symbol}; the last closed at ${price(answer.candles.at(-1)?.close)}.`}
              data={answer}
              setUp={setUpCandles}
              height={420}
            />
          )}
        </Loaded>
      </Panel>
    </>
  );
}
