import type { SystemAnswer } from '../../../http/system/schema.ts';
import { Facts } from '../../components/figures.tsx';
import { Time } from '../../components/time.tsx';
import { bytes } from '../../format/numbers.ts';
import { duration } from '../../format/time.ts';

/** The process that answers. */
export function Process({ system }: { readonly system: SystemAnswer }) {
  const { memory, inference } = system;
  return (
    <Facts
      rows={[
        ['Version', `paperdesk ${system.version}, Node ${system.node.replace(/^v/, '')}`],
        ['Market', system.market_source === 'live' ? 'live' : 'recorded: not today’s market'],
        [
          'Runs for',
          <>
            {duration(system.uptime_seconds * 1000)}, since <Time at={system.started_at} /> UTC
          </>,
        ],
        ['Memory', `${bytes(memory.resident_bytes)}, of which JavaScript uses ${bytes(memory.heap_bytes)}`],
        [
          'Model process',
          inference.pid === null ? 'not started; nothing to compute' : `process ${inference.pid}`,
        ],
        ['Largest file', `${bytes(system.upload_max_bytes)} (UPLOAD_MAX_BYTES)`],
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
