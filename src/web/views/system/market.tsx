import type { MarketStatusAnswer } from '../../../http/market/schema.ts';
import { Badge } from '../../components/badge.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { Panel } from '../../components/panel.tsx';
import { getJson } from '../../data/api.ts';
import { useResource } from '../../data/resource.ts';
import { Exchange } from './exchange.tsx';
import { Gaps } from './gaps.tsx';
import { Symbols } from './symbols.tsx';

const EVERY_MS = 5000;

/** The candles that the service has, and the exchange that they come from. */
export function Market() {
  const status = useResource((signal) => getJson<MarketStatusAnswer>('/market/status', { signal }), [], {
    reloadOn: ['market'],
    everyMs: EVERY_MS,
  });
  const answer = status.data.value;
  return (
    <>
      <Panel
        title="Market"
        beside={answer?.market_source === 'recorded' && <Badge tone="warn">Recorded</Badge>}
        flush
      >
        <Loaded of={status} lines={4}>
          {({ symbols }) => <Symbols symbols={symbols} />}
        </Loaded>
      </Panel>
      <div class="columns">
        <Panel title="Exchange">
          <Loaded of={status} lines={6}>
            {({ exchange }) => <Exchange exchange={exchange} />}
          </Loaded>
        </Panel>
        <Panel title="Gaps and contradictions" flush>
          <Loaded of={status} lines={6}>
            {({ symbols }) => <Gaps symbols={symbols} />}
          </Loaded>
        </Panel>
      </div>
    </>
  );
}
