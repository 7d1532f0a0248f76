import { z } from 'zod';
import { packageIdOf } from '../../packages/package-id.ts';
import type { Replay } from '../../replays/replay-job.ts';
import { settingsOf } from '../accounts/answer.ts';
import { readPage } from '../shared/paging.ts';
import { problems } from '../shared/problem-schema.ts';
import type { Routes } from '../shared/routes.ts';
import { answerOfReplay } from './answer.ts';
import { judgeReplay } from './judged-replay.ts';
import {
  type ReplayAnswer,
  replay,
  replayList,
  replayListQuery,
  replayPage,
  replayParams,
  replayRequest,
} from './schema.ts';

const tags = ['paper replays'];
/** Enough for the close times of all decision candles of two years. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;
const replayCursor = z.object({ createdAt: z.int(), id: z.string() });

/** `/paper/replays` and `/paper/replays/:id` (http.md#22). */
export const replayRoutes: Routes = async (app, { replays, statistics: { trials } }) => {
  const answer = async (job: Replay) =>
    answerOfReplay(job, job.results && (await judgeReplay(trials, job, job.results)));

  async function answerWhole(id: string) {
    const job = await replays.get(id);
    const judged = job.results && (await judgeReplay(trials, job, job.results));
    return answerOfReplay(job, judged, await replays.counterfactualResults(job));
  }

  app.post(
    '/paper/replays',
    {
      bodyLimit: MAX_BODY_BYTES,
      schema: {
        tags,
        summary: 'Replay one package, or several, over the candles of a range, in the background',
        description:
          "Balance and settings default to those of the package's account or, if it has none, to those of a new " +
          'account. Missing candles are loaded. One replay runs at a time; the others wait. With `model_ids` all of them begin, ' +
          'or none where one is refused, and the answer is `{items}`.',
        body: replayRequest,
        response: { 202: z.union([replay, replayList]), ...problems(404, 409, 422, 429) },
      },
    },
    async ({ body }, reply) => {
      const { model_id, model_ids, from, to, decided, label, initial_balance } = body;
      const jobs = await replays.request(model_ids ?? [model_id as string], {
        ...{ from, to, decided, label },
        initialBalance: initial_balance,
        settings: settingsOf(body),
      });
      const items = await Promise.all(jobs.map(answer));
      if (model_ids !== undefined) return reply.code(202).send({ items });
      const [only] = items as [ReplayAnswer];
      return reply.code(202).header('location', `/paper/replays/${only.id}`).send(only);
    },
  );

  app.get(
    '/paper/replays',
    {
      schema: {
        tags,
        summary: 'All replays, or the replays of one package, newest first',
        querystring: replayListQuery,
        response: { 200: replayPage },
      },
    },
    async ({ query }) => {
      const packageId = query.model_id === undefined ? undefined : packageIdOf(query.model_id);
      return readPage(query, {
        cursor: replayCursor,
        read: (limit, after) => replays.list(limit, { packageId, after }),
        answer,
      });
    },
  );

  app.get(
    '/paper/replays/:id',
    {
      schema: {
        tags,
        summary: 'One replay with its state and its results',
        params: replayParams,
        response: { 200: replay },
      },
    },
    async ({ params }) => answerWhole(params.id),
  );

  app.post(
    '/paper/replays/:id/counterfactuals',
    {
      schema: {
        tags,
        summary:
          'Replay its range without stops, with the simplest policy, and with 20 accounts that enter at random',
        description:
          'In the background, beside ordinary replays. Counterfactuals that are there already are kept, failed ones run ' +
          'again. They are removed with their original, and are no trials.',
        params: replayParams,
        response: { 202: replay, ...problems(404, 409) },
      },
    },
    async ({ params }, reply) => {
      await replays.requestCounterfactuals(params.id);
      return reply.code(202).send(await answerWhole(params.id));
    },
  );

  app.get(
    '/paper/replays/:id/counterfactuals',
    {
      schema: {
        tags,
        summary: 'The counterfactuals of a replay',
        params: replayParams,
        response: { 200: replayList },
      },
    },
    async ({ params }) => ({
      items: await Promise.all((await replays.counterfactuals(params.id)).map(answer)),
    }),
  );

  app.delete(
    '/paper/replays/:id',
    {
      schema: {
        tags,
        summary: 'Cancel a replay that waits or runs; remove a finished replay',
        description:
          'A cancelled replay is answered with 200 and keeps its results so far; a second DELETE removes it.',
        params: replayParams,
        response: { 200: replay, 204: z.null() },
      },
    },
    async ({ params }, reply) => {
      const removed = await replays.remove(params.id);
      if (removed === 'removed') return reply.code(204).send(null);
      return answer(removed);
    },
  );
};
