import { z } from 'zod';
import type { OwnedAccount } from '../../accounts/accounts.ts';
import { modelParams } from '../shared/fields.ts';
import { problems } from '../shared/problem-schema.ts';
import type { Routes } from '../shared/routes.ts';
import { answerOfAccount, requireSameAccount, settingsOf } from './answer.ts';
import { account, createRequest } from './schema.ts';

const tags = ['paper accounts'];
const changed = { 200: account, ...problems(409) };

/** `/paper/account/...` (http.md#21). */
export const accountRoutes: Routes = async (app, { desk, exchange }) => {
  const { accounts } = desk;
  const answerOf = async (owned: OwnedAccount) => answerOfAccount(await desk.overview(owned), exchange);

  app.post(
    '/paper/account/create',
    {
      schema: {
        tags,
        summary: 'Create an account, with or without a package',
        description:
          'An account that exists is returned as it is, with 200; it is refused if it has other values than the request names.',
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
      const answer = await answerOf(owned);
      if (!created) requireSameAccount(body, answer);
      return reply.code(created ? 201 : 200).send(answer);
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
    async ({ params }) => answerOf(await accounts.get(params.model_id)),
  );

  app.delete(
    '/paper/account/:model_id',
    {
      schema: {
        tags,
        summary: 'Delete an account that never traded',
        description:
          'The account of a package is created again, with the values of the package, on the next request.',
        params: modelParams,
        response: { 204: z.null(), ...problems(409) },
      },
    },
    async ({ params }, reply) => {
      await accounts.remove(params.model_id);
      return reply.code(204).send(null);
    },
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
      return answerOf({ stored, model });
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
        return answerOf({ stored, model });
      },
    );
  }
};
