import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { OwnedAccount } from '../../accounts/accounts.ts';
import type { Overview } from '../../accounts/overview.ts';
import type { PaperDesk } from '../../accounts/paper-desk.ts';
import type { Decisions } from '../../decisions/decide.ts';
import { PaperdeskError } from '../../errors.ts';
import type { MarketHistory } from '../../market/sync/market-history.ts';
import type { LiveQuality } from '../../statistics/live-forecast-quality.ts';
import type { ForecastQuality } from '../../statistics/stored-forecast-quality.ts';
import { accountStateAt } from '../../trading/account.ts';
import { answerOfMlSignal } from '../decisions/signal-answer.ts';
import { answerOfQuality } from '../forecasts/quality-answer.ts';
import { problems } from '../shared/problem-schema.ts';
import {
  answerOfAccount,
  answerOfPerformance,
  answerOfPosition,
  answerOfStats,
  settingsOf,
} from './answer.ts';
import { account, createRequest, dashboard, modelParams, performanceWithForecasts } from './schema.ts';

export interface PaperAccountRoutesOptions {
  readonly desk: PaperDesk;
  readonly decisions: Decisions;
  readonly history: Pick<MarketHistory, 'window'>;
  readonly quality: LiveQuality;
  readonly marketSource: string;
}

const RECENT_TRADES = 10;
const tags = ['paper accounts'];
const changed = { 200: account, ...problems(400, 404, 409, 503) };

/** Accounts: create, show, pause, reset (http.md#21). */
export const paperAccountRoutes: FastifyPluginAsyncZod<PaperAccountRoutesOptions> = async (app, options) => {
  const { desk, decisions, history, quality, marketSource } = options;
  const { accounts } = desk;

  /** An account that has lived until now. */
  async function lived(owned: OwnedAccount): Promise<Overview> {
    const stored = await desk.execute(owned.stored.account.id);
    return desk.overview({ ...owned, stored });
  }
  const overviewFor = async (modelId: string) => lived(await accounts.get(modelId));
  const performanceFor = async (overview: Overview, measured: ForecastQuality | null) => ({
    ...answerOfPerformance(overview, await desk.performance(overview)),
    forecast_quality: answerOfQuality(measured),
  });

  app.post(
    '/paper/account/create',
    {
      schema: {
        tags,
        summary: 'Create an account, also one without a package',
        description: 'An account that exists already is answered as it is, with 200.',
        body: createRequest,
        response: { 200: account, 201: account, ...problems(400, 404, 409, 503) },
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
        summary: 'One account, created on first sight',
        params: modelParams,
        response: changed,
      },
    },
    async ({ params }) => answerOfAccount(await desk.overview(await accounts.get(params.model_id))),
  );

  app.get(
    '/paper/account/:model_id/performance',
    {
      config: { foreignPages: 'refused' },
      schema: {
        tags,
        summary: 'The statistics of the current epoch',
        params: modelParams,
        response: { 200: performanceWithForecasts, ...problems(400, 404, 503) },
      },
    },
    async ({ params }) => {
      const overview = await overviewFor(params.model_id);
      const { model } = overview;
      return performanceFor(overview, model && (await quality.of(model)));
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
          keep_history: z.enum(['true', 'false']).default('true').describe('false hides the epochs before'),
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
          summary: action === 'pause' ? 'Stop decisions; exits go on' : 'Let a paused account decide again',
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

  app.get(
    '/paper/dashboard/:model_id',
    {
      config: { foreignPages: 'refused' },
      schema: {
        tags,
        summary: 'Everything about one account at once',
        params: modelParams,
        response: { 200: dashboard, ...problems(400, 404, 503) },
      },
    },
    async ({ params }) => {
      const overview = await overviewFor(params.model_id);
      const { stored, account: current, price, pending } = overview;
      const inWords = (lot: Parameters<typeof answerOfPosition>[0]) =>
        answerOfPosition(lot, stored.symbol, price);
      const known = await desk.history.closedLots(current.id, RECENT_TRADES);
      const { open_positions_count, available_slots } = answerOfStats(overview);
      return {
        account: answerOfAccount(overview),
        ml_signal: await signalOf(overview),
        open_positions: current.lots.map(inWords),
        open_positions_count,
        available_slots,
        recent_trades: [...pending.toReversed(), ...known].slice(0, RECENT_TRADES).map(inWords),
        performance: await performanceFor(overview, overview.model && quality.known(overview.model)),
        market_source: marketSource,
      };
    },
  );

  /** What the package says now; null where it says nothing. */
  async function signalOf({ model, stored, account: current, price }: Overview) {
    if (model === null || model.status === 'ARCHIVED' || model.warmUpStatus !== 'DONE') return null;
    try {
      const state = accountStateAt(current, price ?? 0);
      const window = await history.window(stored.symbol);
      const decision = await decisions.decide(model, window, state, window.close);
      return { ...answerOfMlSignal(model, decision, marketSource) };
    } catch (error) {
      if (error instanceof PaperdeskError) return null;
      throw error;
    }
  }
};
