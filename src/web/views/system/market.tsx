import type { MarketStatusAnswer } from '../../../http/market/schema.ts';
import { Badge } from '../../components/badge.tsx';
import { ResourcePanel } from '../../components/panel.tsx';
import { useJson } from '../../data/resource.ts';
import { Exchange } from './exchange.tsx';
import { Gaps } from './gaps.tsx';
import { Symbols } from './symbols.tsx';

const REFRESH_MS = 5000;

/** The stored candles and the exchange that they come from. */
export function Market() {
  const status = useJson<MarketStatusAnswer>('/market/status', { reloadOn: ['market'], everyMs: REFRESH_MS });
  const isRecorded = status.data.value?.market_source === 'recorded';
  return (
    <>
      <ResourcePanel
        title="Market"
        beside={isRecorded && <Badge tone="warn">Recorded</Badge>}
        resource={status}
        lines={4}
        flush
      >
        {({ symbols }) => <Symbols symbols={symbols} />}
      </ResourcePanel>
      <div class="columns">
        <ResourcePanel title="Exchange" resource={status} lines={6}>
          {({ exchange }) => <Exchange exchange={exchange} />}
        </ResourcePanel>
        <ResourcePanel title="Gaps and mismatches" resource={status} lines={6} flush>
          {({ symbols }) => <Gaps symbols={symbols} />}
        </ResourcePanel>
      </div>
    </>
  );
}
