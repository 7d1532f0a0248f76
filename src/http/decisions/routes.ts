import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { INITIAL_BALANCE, requireSymbol } from '../../accounts/accounts.ts';
import type { Overview } from '../../accounts/overview.ts';
import type { PaperDesk } from '../../accounts/paper-desk.ts';
import { TIMEFRAME_MS } from '../../candle.ts';
import type { Decision, Decisions } from '../../decisions/decide.ts';
import { PaperdeskError } from '../../errors.ts';
import type { MarketHistory } from '../../market/sync/market-history.ts';
import { type ModelPackage, requireNotArchived } from '../../packages/model-package.ts';
import type { PackageRegistry } from '../../packages/registry.ts';
import type { AccountLot, AccountState } from '../../pipeline/account-state.ts';
import { accountStateAt } from '../../trading/account.ts';
import { type OrderProposal, proposeOrder } from '../../trading/propose-order.ts';
import type { AccountSettings } from '../../trading/settings.ts';
import { answerOfStats } from '../accounts/answer.ts';
import type { Metrics } from '../metrics/registry.ts';
import { problems } from '../shared/problem-schema.ts';
import { answerOfInference } from './inference-answer.ts';
import {
  type InferenceRequest,
  inferenceAnswer,
  inferenceRequest,
  mlSignalAnswer,
  mlSignalParams,
  mlSignalQuery,
  modelQuery,
  signalAnswer,
} from './schema.ts';
import {
  answerOfMlSignal,
  answerOfSignal,
  answerWithoutDecision,
  type WithoutDecision,
} from './signal-answer.ts';

export interface DecisionRoutesOptions {
  readonly registry: PackageRegistry;
  readonly decisions: Decisions;
  readonly desk: PaperDesk;
  readonly history: Pick<MarketHistory, 'window'>;
  readonly metrics: Metrics;
  readonly marketSource: string;
  readonly now: () => number;
}

/** Until a package has an account of its own, its decisions are shown for this one. */
const EMPTY_ACCOUNT: AccountState = { equity: INITIAL_BALANCE, lots: [] };

/** Decisions that touch no account (http.md#12). */
export const decisionRoutes: FastifyPluginAsyncZod<DecisionRoutesOptions> = async (app, options) => {
  const { registry, decisions, desk, history, metrics, marketSource, now } = options;
  const tags = ['decisions'];
  const count = (route: string, reason: string | null) =>
    metrics.decisions.labels(route, reason ?? 'NONE').inc();

  /** What the policy sees of an account, marked at the close of the candle decided on, as in a poll. */
  async function stateOf(overview: Overview | undefined): Promise<AccountState> {
    if (overview === undefined) return EMPTY_ACCOUNT;
    const { close } = await history.window(overview.stored.symbol);
    return accountStateAt(overview.account, close);
  }

  /** A package with its account, if it has one; nothing is created. */
  async function seen(modelId: string, symbol: string | undefined) {
    const { stored, model } = await desk.accounts.find(modelId);
    const own = stored?.symbol ?? model?.manifest.symbol;
    if (own !== undefined) requireSymbol(stored?.account.id ?? modelId, own, symbol);
    const overview = stored === undefined ? undefined : await desk.overview({ stored, model });
    return { model, overview };
  }

  app.post(
    '/paper/inference/v3',
    {
      schema: {
        tags,
        summary: 'Decide for an account of your own',
        body: inferenceRequest,
        response: { 200: inferenceAnswer, ...problems(400, 404, 409, 422, 503) },
      },
    },
    async ({ body }) => {
      const model = await registry.resolve(body.model_id);
      const account = accountOf(body, now());
      requireNotArchived(model);
      const window = await history.window(body.symbol);
      const decision = await decisions.decide(model, window, account, body.current_price);
      const order = orderOf(decision, account, body.current_price);
      const answer = answerOfInference(body.model_id, decision, order, marketSource);
      count('inference', answer.debug.reason);
      return answer;
    },
  );

  app.get(
    '/paper/signal',
    {
      config: { foreignPages: 'refused' },
      schema: {
        tags,
        summary: 'The decision on the newest closed candle, without trading',
        querystring: modelQuery,
        response: { 200: signalAnswer, ...problems(400, 404, 409, 503) },
      },
    },
    async ({ query }) => {
      const { model, overview } = await seen(query.model_id, query.symbol);
      const stats = overview === undefined ? null : answerOfStats(overview);
      const symbol = overview?.stored.symbol ?? model?.manifest.symbol ?? '';
      const held = reasonOf(model, overview);
      if (held !== null || model === null) {
        const modelId = overview?.stored.account.id ?? query.model_id;
        const reason = held ?? 'NO_MODEL';
        return {
          ...answerWithoutDecision(modelId, model, symbol, reason, marketSource),
          current_stats: stats,
        };
      }
      const state = await stateOf(overview);
      const window = await history.window(symbol);
      const decision = await decisions.decide(model, window, state, window.close);
      const order = orderOf(decision, state, window.close, overview?.account.settings);
      const answer = answerOfSignal(model, decision, order, marketSource);
      count('signal', answer.reason);
      return { ...answer, current_stats: stats };
    },
  );

  /** @throws MODEL_NOT_FOUND, PACKAGE_ARCHIVED, SYMBOL_MISMATCH */
  async function mlSignalOf(modelId: string, symbol: string | undefined) {
    const { model, overview } = await seen(modelId, symbol);
    if (model === null)
      throw new PaperdeskError('MODEL_NOT_FOUND', `${modelId} has no package that could be asked.`);
    requireNotArchived(model);
    const state = await stateOf(overview);
    const window = await history.window(model.manifest.symbol);
    const decision = await decisions.decide(model, window, state, window.close);
    count('ml-signal', decision.invalid?.reason ?? null);
    return answerOfMlSignal(await registry.resolve(modelId), decision, marketSource);
  }

  const mlSignalSchema = { tags, params: mlSignalParams, querystring: mlSignalQuery };

  app.get(
    '/paper/ml-signal/:model_id',
    {
      config: { foreignPages: 'refused' },
      schema: {
        ...mlSignalSchema,
        summary: 'The same decision with the whole forecast, in the older form',
        response: { 200: mlSignalAnswer, ...problems(400, 404, 409, 422, 503) },
      },
    },
    ({ params, query }) => mlSignalOf(params.model_id, query.symbol),
  );

  app.get(
    '/paper/ml-signal-lite/:model_id',
    {
      config: { foreignPages: 'refused' },
      schema: {
        ...mlSignalSchema,
        summary: 'The same without the forecast',
        response: {
          200: mlSignalAnswer.omit({ forecast_values: true }).meta({ id: 'MlSignalLiteAnswer' }),
          ...problems(400, 404, 409, 422, 503),
        },
      },
    },
    async ({ params, query }) => {
      const { forecast_values: _, ...lite } = await mlSignalOf(params.model_id, query.symbol);
      return lite;
    },
  );
};

function orderOf(
  decision: Decision,
  account: AccountState,
  price: number,
  settings?: Pick<AccountSettings, 'maxPositions' | 'opposite'>,
): OrderProposal {
  const market = { price, atr14: decision.forecast.window.atr14 };
  if (settings === undefined) return proposeOrder(decision.action, market, account);
  const { maxPositions: maxLots, opposite } = settings;
  return proposeOrder(decision.action, market, account, { maxLots, opposite });
}

/** Why a poll would not ask the model. */
function reasonOf(model: ModelPackage | null, overview: Overview | undefined): WithoutDecision | null {
  if (overview?.account.status === 'KILLED') return 'KILLED';
  if (overview?.account.status === 'PAUSED') return 'PAUSED';
  if (model === null) return 'NO_MODEL';
  if (model.status === 'ARCHIVED') return 'ARCHIVED';
  return model.warmUpStatus === 'DONE' ? null : 'WARMUP';
}

function accountOf({ account_state: { equity, positions } }: InferenceRequest, now: number): AccountState {
  const lots = positions.map((position): AccountLot => {
    const age =
      position.opened_at === undefined
        ? 0
        : Math.max(0, Math.floor((now - Date.parse(position.opened_at)) / TIMEFRAME_MS['15m']));
    return {
      side: position.side,
      entryPrice: position.entry_price,
      notional: position.size_usdt,
      margin: position.size_usdt / position.leverage,
      stepsInTrade: position.time_in_trade_steps ?? age,
    };
  });
  return { equity, lots };
}
