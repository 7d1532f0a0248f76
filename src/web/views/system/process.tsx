import type { SystemAnswer } from '../../../http/system/schema.ts';
import { Time } from '../../components/time.tsx';
import { DefinitionList } from '../../components/values.tsx';
import { bytes } from '../../format/numbers.ts';
import { duration } from '../../format/time.ts';

/** The process of the service. */
export function Process({ system }: { readonly system: SystemAnswer }) {
  const { memory, inference, background_inference: background } = system;
  return (
    <DefinitionList
      rows={[
        ['Version', `paperdesk ${system.version}, Node ${system.node.replace(/^v/, '')}`],
        ['Market', system.market_source === 'live' ? 'live' : 'recorded, not today’s market'],
        [
          'Uptime',
          <>
            {duration(system.uptime_seconds * 1000)}, since <Time at={system.started_at} /> UTC
          </>,
        ],
        ['Memory', `${bytes(memory.resident_bytes)}, of which JavaScript heap ${bytes(memory.heap_bytes)}`],
        ['Live inference', inference.pid === null ? 'not started yet' : `process ${inference.pid}`],
        ['Other inference', background.pid === null ? 'not running' : `process ${background.pid}`],
        ['Largest upload', `${bytes(system.upload_max_bytes)} per file (UPLOAD_MAX_BYTES)`],
        [
          'More',
          <>
            <a href="/docs">routes</a>, <a href="/metrics">metrics</a>, <a href="/ready">readiness</a>
          </>,
        ],
      ]}
    />
  );
}
