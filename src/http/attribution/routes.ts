import { replayParams } from '../replays/schema.ts';
import { executedAccount } from '../shared/executed-account.ts';
import { modelParams } from '../shared/fields.ts';
import { problems } from '../shared/problem-schema.ts';
import type { Routes } from '../shared/routes.ts';
import { answerOfOrigin } from './answer.ts';
import { attribution } from './schema.ts';

/** Where results of live accounts (http.md#21) and of replays (http.md#22) came from. */
export const attributionRoutes: Routes = async (app, { desk, replays, statistics: { readOrigin } }) => {
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
    async ({ params }) => {
      const overview = await desk.overview(await executedAccount(desk, params.model_id));
      return answerOfOrigin(await readOrigin(overview));
    },
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
    async ({ params: { id } }) =>
      answerOfOrigin((await replays.storedOrigin(id)) ?? (await readOrigin(await replays.account(id)))),
  );
};
