import { replayParams } from '../replays/schema.ts';
import { executedAccount } from '../shared/executed-account.ts';
import { modelParams } from '../shared/fields.ts';
import { problems } from '../shared/problem-schema.ts';
import type { Routes } from '../shared/routes.ts';
import { answerOfOrigin, answerOfPositions } from './answer.ts';
import { attribution, positionResults, positionResultsQuery } from './schema.ts';

/** Where results of live accounts (http.md#21) and of replays (http.md#22) came from. */
export const attributionRoutes: Routes = async (app, { desk, replays, statistics: { readOrigin } }) => {
  const ofAccount = async (modelId: string) =>
    readOrigin(await desk.overview(await executedAccount(desk, modelId)));
  const ofReplay = async (id: string) =>
    (await replays.storedOrigin(id)) ?? (await readOrigin(await replays.account(id)));

  app.get(
    '/paper/attribution/:model_id',
    {
      config: { foreignPages: 'refused' },
      schema: {
        tags: ['paper accounts'],
        summary: 'Where the result of the current epoch came from: prices, slippage, fees, funding',
        params: modelParams,
        response: { 200: attribution },
      },
    },
    async ({ params }) => answerOfOrigin(await ofAccount(params.model_id)),
  );

  app.get(
    '/paper/replays/:id/attribution',
    {
      schema: {
        tags: ['paper replays'],
        summary: 'Where the result of a replay came from, until now if it runs',
        params: replayParams,
        response: { 200: attribution, ...problems(404) },
      },
    },
    async ({ params }) => answerOfOrigin(await ofReplay(params.id)),
  );

  app.get(
    '/paper/position-results/:model_id',
    {
      config: { foreignPages: 'refused' },
      schema: {
        tags: ['paper accounts'],
        summary:
          'Results by position in the current epoch: when the account was in the market, and what came of it',
        params: modelParams,
        querystring: positionResultsQuery,
        response: { 200: positionResults },
      },
    },
    async ({ params, query }) => answerOfPositions(await ofAccount(params.model_id), query),
  );

  app.get(
    '/paper/replays/:id/position-results',
    {
      schema: {
        tags: ['paper replays'],
        summary: 'Results by position of a replay, until now if it runs',
        params: replayParams,
        querystring: positionResultsQuery,
        response: { 200: positionResults, ...problems(404) },
      },
    },
    async ({ params, query }) => answerOfPositions(await ofReplay(params.id), query),
  );
};
