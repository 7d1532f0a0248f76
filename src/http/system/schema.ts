import { z } from 'zod';
import { componentState, componentsOf } from '../ready/schema.ts';
import { accountStatus, time } from '../shared/fields.ts';
import { nodeAnswer } from '../shared/nodes.ts';
import { autoTrading } from '../shared/trading.ts';

const proxy = z.string().nullable();
const bytes = z.int().describe('bytes');

const inferenceProcess = z.object({
  state: z.enum(['idle', 'running', 'resting', 'closed']).describe('idle: not started yet'),
  pid: z.int().nullable(),
  deaths: z.int(),
  pending: z.int().describe('calls that wait or run'),
  memory_budget_bytes: bytes,
  models: z
    .array(
      z.object({
        id: z.string(),
        private_bytes: bytes.describe('estimated private memory, which counts against the budget'),
        mapped_bytes: bytes.describe('of its file, which the system can drop and read again'),
        load_ms: z.number(),
      }),
    )
    .describe('loaded models, the most recently used first'),
});

export const system = z
  .object({
    version: z.string(),
    node: z.string().describe('version of Node.js'),
    market_source: z.string(),
    proxies: z
      .object({ rest: proxy, stream: proxy, webhook: proxy })
      .describe(
        'the proxies of this node for the REST and websocket interfaces of the exchange and for the webhook, without user ' +
          'and password; null where there is none',
      ),
    started_at: time,
    uptime_seconds: z.number(),
    upload_max_bytes: bytes.describe('largest file of an upload'),
    default_package_id: z.string(),
    parts: componentsOf(componentState),
    is_cluster: z.boolean().describe('whether several nodes may share the store'),
    nodes: z.array(nodeAnswer).describe('the nodes that are alive, by name'),
    memory: z.object({
      resident_bytes: bytes.describe('of the main process, without the inference process'),
      heap_bytes: bytes.describe('JavaScript heap in use'),
    }),
    inference: inferenceProcess.describe('the process that computes live decisions'),
    background_inference: inferenceProcess.describe(
      'the process that computes warm-ups, proofs, trials and replays; it ends after a minute without work',
    ),
    accounts: z.array(
      z.object({
        model_id: z.string(),
        model_package_id: z.string().nullable(),
        symbol: z.string(),
        status: accountStatus,
        open_positions_count: z.int(),
        last_poll_at: time.nullable().describe('null if the account was never polled'),
        poll_interval_seconds: z.number().nullable().describe('usual time between recent polls'),
        loop: z
          .enum(['none', 'starting', 'polling', 'silent', 'service'])
          .describe(
            'starting: polled a few times, which may be a loop or by hand; silent: regular polls have stopped, so nothing is ' +
              'decided; service: the service itself trades the package',
          ),
        auto_trading: autoTrading,
      }),
    ),
  })
  .meta({ id: 'System' });

export type SystemAnswer = z.infer<typeof system>;
