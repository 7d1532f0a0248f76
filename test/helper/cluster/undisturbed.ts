import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { RecordedExchange } from '../../../simulator/server.ts';
import { type LivedAccount, livedAccount } from '../lived-account.ts';
import { manualClock } from '../time.ts';
import { warmedUp } from '../upload.ts';
import { creationOf, formOf, type TestAccount } from './accounts.ts';
import { type FinishedReplay, finishedReplay } from './finished-replay.ts';
import { openStandingService } from './standing-service.ts';

/** What one process on SQLite does with the same market, undisturbed. */
export interface UndisturbedOptions {
  /** For the store and the packages. */
  readonly folder: string;
  /** Opens the recorded exchange with a clock of ours. */
  readonly openExchange: (now: () => number) => Promise<RecordedExchange>;
  /** What the clock shows first and last, ms. */
  readonly start: number;
  readonly end: number;
  readonly accounts: readonly TestAccount[];
  /** The accounts of the cluster, by model id: created and decided at the same times here. */
  readonly lived: ReadonlyMap<string, LivedAccount>;
  /** Requests of replays, by their ids in the cluster. */
  readonly replays: ReadonlyMap<string, object>;
}

export interface Undisturbed {
  readonly accounts: ReadonlyMap<string, LivedAccount>;
  readonly replays: ReadonlyMap<string, FinishedReplay>;
}

const AFTER_CLOSE_MS = 60_000;

/** Lives through the same market: polls come a minute after the candles that were decided in the cluster. */
export async function liveUndisturbed(options: UndisturbedOptions): Promise<Undisturbed> {
  const { folder, accounts, lived, replays, start, end } = options;
  const clock = manualClock(start);
  const exchange = await options.openExchange(clock);
  const settings = {
    DATABASE_URL: `file:${join(folder, 'undisturbed.sqlite')}`,
    MODEL_PACKAGES_DIR: join(folder, 'undisturbed-packages'),
    MODEL_MANAGER_CACHE_DIR: join(folder, 'undisturbed-factor-models'),
    EXCHANGE_REST_URL: exchange.restUrl,
    EXCHANGE_WS_URL: exchange.wsUrl,
    MARKET_SOURCE: 'recorded',
  };
  const { services, app, close } = await openStandingService(settings, clock);
  try {
    await uploadPackages(app, accounts);
    for (const { at, url, payload } of eventsOf(accounts, lived)) {
      clock.set(at);
      await post(app, url, payload);
    }
    clock.set(end);
    const again = await Promise.all(
      accounts.map(async ({ modelId }) => [modelId, await livedAccount(services, modelId)] as const),
    );
    return { accounts: new Map(again), replays: await replayAgain(app, replays) };
  } finally {
    await close();
    await exchange.close();
  }
}

async function uploadPackages(app: FastifyInstance, accounts: readonly TestAccount[]): Promise<void> {
  for (const { modelId, fixture } of accounts) {
    if (fixture === undefined) continue;
    const encoded = new Response(await formOf(modelId, fixture));
    const payload = Buffer.from(await encoded.arrayBuffer());
    await post(app, '/model-packages/upload', payload, {
      'content-type': encoded.headers.get('content-type') as string,
    });
    await warmedUp(app, modelId);
  }
}

/** When accounts were created and decided, in order of time. */
function eventsOf(accounts: readonly TestAccount[], lived: ReadonlyMap<string, LivedAccount>) {
  const events = accounts.flatMap((account) => {
    const { createdAt, decisions } = lived.get(account.modelId) as LivedAccount;
    const created = { at: createdAt, url: '/paper/account/create', payload: creationOf(account) };
    const polls = decisions
      .filter(({ decided }) => decided)
      .map(({ asOf, source, signal, confidence }) => ({
        at: Math.max(createdAt, asOf + AFTER_CLOSE_MS),
        url: '/paper/signal',
        payload: { model_id: account.modelId, ...(source === 'external' ? { signal, confidence } : {}) },
      }));
    return [created, ...polls];
  });
  return events.sort((a, b) => a.at - b.at);
}

async function replayAgain(app: FastifyInstance, requests: ReadonlyMap<string, object>) {
  const read = async (path: string) => (await app.inject(path)).json();
  const again = new Map<string, FinishedReplay>();
  for (const [id, request] of requests) {
    const { id: own } = await post(app, '/paper/replays', request);
    again.set(id, await finishedReplay(read, own));
  }
  return again;
}

async function post(
  app: FastifyInstance,
  url: string,
  payload: object,
  headers: Record<string, string> = {},
) {
  const answer = await app.inject({ method: 'POST', url, payload, headers });
  if (answer.statusCode < 300) return answer.json();
  throw new Error(`The undisturbed service refused ${url}: ${answer.body}`);
}
