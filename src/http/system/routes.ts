import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { PaperDesk } from '../../accounts/paper-desk.ts';
import type { Alerts } from '../../alerts/open-alerts.ts';
import { isLoop, silenceLimitMs } from '../../alerts/poll-run.ts';
import type { WatchedPolls } from '../../alerts/poll-watch.ts';
import type { InferenceEngine } from '../../models/engine.ts';
import { DEFAULT_PACKAGE_ID } from '../../packages/package-id.ts';
import type { Readiness } from '../../readiness.ts';
import type { RecentErrors } from '../../runtime/recent-errors.ts';
import { isoTime } from '../shared/time-schema.ts';
import { recentErrorsAnswer, type SystemAnswer, systemAnswer } from './schema.ts';

export interface SystemRoutesOptions {
  readonly readiness: () => Promise<Readiness>;
  readonly engine: Pick<InferenceEngine, 'status'>;
  readonly accounts: Pick<PaperDesk['accounts'], 'list'>;
  readonly alerts: Pick<Alerts, 'pollsOf'>;
  readonly recentErrors: Pick<RecentErrors, 'list'>;
  readonly marketSource: string;
  readonly uploadMaxBytes: number;
  readonly version: string;
  readonly now: () => number;
}

/** What an operator wants to see of the process and its parts; asks nobody outside. */
export const systemRoutes: FastifyPluginAsyncZod<SystemRoutesOptions> = async (app, options) => {
  const { readiness, engine, accounts, alerts, recentErrors, now } = options;
  const tags = ['operations'];

  app.get(
    '/api/system',
    { schema: { tags, summary: 'The process, its parts and its loops', response: { 200: systemAnswer } } },
    async () => {
      const { rss, heapUsed } = process.memoryUsage();
      const uptime = process.uptime();
      return {
        version: options.version,
        node: process.version,
        market_source: options.marketSource,
        started_at: isoTime(now() - uptime * 1000),
        uptime_seconds: Math.round(uptime),
        upload_max_bytes: options.uploadMaxBytes,
        default_package_id: DEFAULT_PACKAGE_ID,
        parts: await partsOf(readiness),
        memory: { resident_bytes: rss, heap_bytes: heapUsed },
        inference: answerOfInference(engine),
        accounts: (await accounts.list()).map(({ stored: { account, symbol, packageId } }) => ({
          model_id: account.id,
          model_package_id: packageId,
          symbol,
          status: account.status,
          open_positions_count: account.lots.length,
          ...answerOfPolls(alerts.pollsOf(account.id)),
        })),
      };
    },
  );

  app.get(
    '/api/recent-errors',
    {
      schema: {
        tags,
        summary: 'What went wrong since the start, newest first',
        response: { 200: recentErrorsAnswer },
      },
    },
    async () => ({
      items: recentErrors.list().map(({ first, last, requestId, ...error }) => ({
        ...error,
        first_at: isoTime(first),
        last_at: isoTime(last),
        request_id: requestId,
      })),
    }),
  );
};

async function partsOf(readiness: () => Promise<Readiness>): Promise<SystemAnswer['parts']> {
  const { database, default_package, market, inference } = await readiness();
  const inWords = ({ ready, detail }: Readiness['database']) => ({ ready, detail });
  return {
    database: inWords(database),
    default_package: inWords(default_package),
    market: inWords(market),
    inference: inWords(inference),
  };
}

function answerOfInference(engine: Pick<InferenceEngine, 'status'>): SystemAnswer['inference'] {
  const { state, pid, deaths, pending, memoryBudgetBytes, models } = engine.status();
  return {
    ...{ state, deaths, pending },
    pid: pid ?? null,
    memory_budget_bytes: memoryBudgetBytes,
    models: models.toReversed().map(({ id, privateBytes, mappedBytes, loadMs }) => ({
      id,
      private_bytes: Math.round(privateBytes),
      mapped_bytes: Math.round(mappedBytes),
      load_ms: loadMs,
    })),
  };
}

function answerOfPolls(polls: WatchedPolls | undefined) {
  if (polls === undefined) {
    return { last_poll_at: null, poll_interval_seconds: null, loop: 'none' as const };
  }
  const { run, silentMs } = polls;
  const loop = !isLoop(run) ? 'none' : silentMs > silenceLimitMs(run) ? 'silent' : 'polling';
  return {
    last_poll_at: isoTime(run.lastPollAt),
    poll_interval_seconds: run.polls < 2 ? null : Math.round(run.intervalMs / 1000),
    loop: loop as 'none' | 'silent' | 'polling',
  };
}
