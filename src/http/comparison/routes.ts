import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { accountIdOf } from '../../packages/package-id.ts';
import type { Replay, ReplayResults } from '../../replays/replay-job.ts';
import type { Replays } from '../../replays/replays.ts';
import type { ComparedAccount } from '../../statistics/compared-accounts.ts';
import { ranksOf } from '../../statistics/performance.ts';
import { answerOfPerformance } from '../accounts/answer.ts';
import { compareQuery, comparison } from '../accounts/schema.ts';
import { answerOfQuality } from '../forecasts/quality-answer.ts';
import { performanceOfReplay } from '../replays/answer.ts';
import { problems } from '../shared/problem-schema.ts';
import { isoTime } from '../shared/time-schema.ts';

export interface PaperCompareRoutesOptions {
  readonly compared: () => Promise<ComparedAccount[]>;
  readonly replays: Pick<Replays, 'list'>;
}

const MOST_REPLAYS = 100;

/** `GET /paper/compare` (http.md#21). */
export const paperCompareRoutes: FastifyPluginAsyncZod<PaperCompareRoutesOptions> = async (app, options) => {
  const { compared, replays } = options;

  async function liveItems() {
    const accounts = await compared();
    const ranks = ranksOf(accounts.map(({ performance }) => performance));
    const items = accounts.map(({ overview, performance, quality }, index) => ({
      kind: 'live' as const,
      replay: null,
      model_id: overview.account.id,
      model_package_id: overview.stored.packageId,
      symbol: overview.stored.symbol,
      status: overview.account.status,
      ...verdictOf(ranks[index] ?? null),
      performance: {
        ...answerOfPerformance(overview, performance),
        forecast_quality: answerOfQuality(quality),
      },
    }));
    return items.sort(byRank);
  }

  async function replayItems() {
    const done = (await replays.list(MOST_REPLAYS)).filter(isDone);
    // What did not live through the same time cannot be ranked together.
    const groups = groupsOf(done, ({ symbol, from, to }) => `${symbol} ${from} ${to}`);
    return groups.flatMap((group) => {
      const ranks = ranksOf(group.map(({ results }) => results.performance));
      const items = group.map((job, index) => ({
        kind: 'replay' as const,
        replay: {
          ...{ id: job.id, label: job.label, market_source: job.marketSource },
          from: isoTime(job.from),
          to: isoTime(job.to),
        },
        model_id: accountIdOf(job.packageId),
        model_package_id: job.packageId,
        symbol: job.symbol,
        status: job.results.status,
        ...verdictOf(ranks[index] ?? null),
        performance: {
          ...performanceOfReplay(job, job.results),
          forecast_quality: answerOfQuality(job.results.quality),
        },
      }));
      return items.sort(byRank);
    });
  }

  app.get(
    '/paper/compare',
    {
      config: { foreignPages: 'refused' },
      schema: {
        tags: ['paper accounts'],
        summary: 'Accounts beside each other, ranked by return; replays too, ranked apart',
        querystring: compareQuery,
        response: { 200: comparison, ...problems(400, 503) },
      },
    },
    async ({ query: { kind } }) => ({
      items: [
        ...(kind === 'replay' ? [] : await liveItems()),
        ...(kind === 'live' ? [] : await replayItems()),
      ],
    }),
  );
};

type DoneReplay = Replay & { readonly results: ReplayResults };

function isDone(replay: Replay): replay is DoneReplay {
  return replay.results !== null;
}

function groupsOf<T>(all: readonly T[], keyOf: (one: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return [...groups.values()];
}

function verdictOf(rank: number | null) {
  return { rank, verdict: rank === null ? 'too early' : `rank ${rank}` };
}

function byRank(a: { readonly rank: number | null }, b: { readonly rank: number | null }): number {
  return (a.rank ?? Number.MAX_VALUE) - (b.rank ?? Number.MAX_VALUE);
}
