import { z } from 'zod';
import { modelParams } from '../shared/fields.ts';
import { problems } from '../shared/problem-schema.ts';
import type { Routes } from '../shared/routes.ts';
import { answerOfAccount, settingsOf } from './answer.ts';
import { account, createRequest } from './schema.ts';

const tags = ['paper accounts'];
const changed = { 200: account, ...problems(409) };

/** `/paper/account/...` (http.md#21). */
export const accountRoutes: Routes = async (app, { desk }) => {
  const { accounts } = desk;

  app.post(
    '/paper/account/create',
    {
      schema: {
        tags,
        summary: 'Create an account, with or without a package',
        description: 'An account that already exists is returned unchanged, with 200.',
        body: createRequest,
        response: { 200: account, 201: account, ...problems(404, 409) },
      },
    },
    async ({ body }, reply) => {
      const { created, ...owned } = await accounts.create({
        modelId: body.model_id,
        symbol: body.symbol,
        initialBalance: body.initial_balance,
        settings: settingsOf(body),
      });
      return reply.code(created ? 201 : 200).send(answerOfAccount(await desk.overview(owned)));
    },
  );

  app.get(
    '/paper/account/:model_id',
    {
      config: { foreignPages: 'refused' },
      schema: {
        tags,
        summary: 'Show an account; the account of a package is created on the first request',
        params: modelParams,
        response: changed,
      },
    },
    async ({ params }) => answerOfAccount(await desk.overview(await accounts.get(params.model_id))),
  );

  app.post(
    '/paper/account/:model_id/reset',
    {
      schema: {
        tags,
        summary: 'Close all lots and begin a new epoch with a fresh balance',
        params: modelParams,
        querystring: z.object({
          keep_history: z.enum(['true', 'false']).default('true').describe('false hides all earlier epochs'),
        }),
        body: createRequest.omit({ model_id: true, symbol: true }).nullish(),
        response: changed,
      },
    },
    async ({ params, query, body }) => {
      const { stored: before, model } = await accounts.get(params.model_id);
      const { id, settings } = before.account;
      const fresh = {
        settings: { ...settings, ...settingsOf(body ?? {}) },
        ...(body?.initial_balance === undefined ? {} : { initialBalance: body.initial_balance }),
      };
      const stored = await desk.reset(id, fresh, query.keep_history === 'false');
      return answerOfAccount(await desk.overview({ stored, model }));
    },
  );

  for (const action of ['pause', 'resume'] as const) {
    app.post(
      `/paper/account/:model_id/${action}`,
      {
        schema: {
          tags,
          summary:
            action === 'pause'
              ? 'Stop decisions; open lots keep their exits'
              : 'Let a paused account decide again',
          params: modelParams,
          response: changed,
        },
      },
      async ({ params }) => {
        const { stored: before, model } = await accounts.get(params.model_id);
        const stored = await desk.setPaused(before.account.id, action === 'pause');
        return answerOfAccount(await desk.overview({ stored, model }));
      },
    );
  }
};
