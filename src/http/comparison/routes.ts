import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Replays } from '../../replays/replays.ts';
import type { ComparedAccount } from '../../statistics/compared-accounts.ts';
import { isFinished, rankAccounts, rankReplays } from './answer.ts';
import { comparison, comparisonQuery } from './schema.ts';

export interface ComparisonRoutesOptions {
  readonly comparedAccounts: () => Promise<ComparedAccount[]>;
  readonly replays: Pick<Replays, 'list'>;
}

const MAX_REPLAYS = 100;

/** `GET /paper/compare` (http.md#21). */
export const comparisonRoutes: FastifyPluginAsyncZod<ComparisonRoutesOptions> = async (
  app,
  { comparedAccounts, replays },
) => {
  app.get(
    '/paper/compare',
    {
      config: { foreignPages: 'refused' },
      schema: {
        tags: ['paper accounts'],
        summary: 'Accounts side by side, ranked by return; replays are ranked separately',
        querystring: comparisonQuery,
        response: { 200: comparison },
      },
    },
    async ({ query: { kind } }) => ({
      items: [
        ...(kind === 'replay' ? [] : rankAccounts(await comparedAccounts())),
        ...(kind === 'live' ? [] : rankReplays((await replays.list(MAX_REPLAYS)).filter(isFinished))),
      ],
    }),
  );
};
