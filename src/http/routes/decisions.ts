import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { TIMEFRAME_MS } from '../../candle.ts';
import type { Decision, Decisions } from '../../decisions/decide.ts';
import { PaperdeskError } from '../../errors.ts';
import type { AccountLot, AccountState } from '../../features/account-state.ts';
import { type OrderProposal, proposeOrder } from '../../inference/propose-order.ts';
import type { ModelPackage } from '../../packages/model-package.ts';
import type { PackageRegistry } from '../../packages/registry.ts';
import { answerOfInference } from '../answers/inference.ts';
import { answerOfMlSignal, answerOfSignal, answerWithoutDecision } from '../answers/signal.ts';
import type { Metrics } from '../metrics.ts';
import {
  type InferenceRequest,
  inferenceAnswer,
  inferenceRequest,
  mlSignalAnswer,
  mlSignalParams,
  mlSignalQuery,
  modelQuery,
  signalAnswer,
} from '../schemas/decision.ts';
import { problems } from '../schemas/problem.ts';

export interface DecisionRoutesOptions {
  readonly registry: PackageRegistry;
  readonly decisions: Decisions;
  readonly metrics: Metrics;
  readonly marketSource: string;
  readonly now: () => number;
}

/** Until a package has an account of its own, its decisions are shown for this one (paper.md: initial balance). */
const EMPTY_ACCOUNT: AccountState = { equity: 10_000, lots: [] };

/** Decisions that touch no account (http.md). */
export const decisionRoutes: FastifyPluginAsyncZod<DecisionRoutesOptions> = async (app, options) => {
  const { registry, decisions, metrics, marketSource, now } = options;
  const tags = ['decisions'];
  const count = (route: string, reason: string | null) =>
    metrics.decisions.labels(route, reason ?? 'NONE').inc();

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
      const decision = await decisions.decide(model, body.symbol, account, body.current_price);
      const order = orderOf(decision, account, body.current_price);
      const answer = answerOfInference(body.model_id, decision, order, marketSource);
      count('inference', answer.debug.reason);
      return answer;
    },
  );

  app.get(
    '/paper/signal',
    {
      schema: {
        tags,
        summary: 'The decision on the newest closed candle, without trading',
        querystring: modelQuery,
        response: { 200: signalAnswer, ...problems(400, 404, 409, 503) },
      },
    },
    async ({ query }) => {
      const model = await registry.resolve(query.model_id);
      const symbol = symbolOf(model, query.symbol);
      if (model.status === 'ARCHIVED') return answerWithoutDecision(model, symbol, 'ARCHIVED', marketSource);
      if (model.warmUpStatus !== 'DONE') return answerWithoutDecision(model, symbol, 'WARMUP', marketSource);
      const decision = await decisions.decide(model, symbol, EMPTY_ACCOUNT);
      const order = orderOf(decision, EMPTY_ACCOUNT, decision.forecast.window.lastCandle.close);
      const answer = answerOfSignal(model, decision, order, marketSource);
      count('signal', answer.reason);
      return answer;
    },
  );

  app.get(
    '/paper/ml-signal/:model_id',
    {
      schema: {
        tags,
        summary: 'The same decision with the whole forecast, in the older form',
        params: mlSignalParams,
        querystring: mlSignalQuery,
        response: { 200: mlSignalAnswer, ...problems(400, 404, 409, 422, 503) },
      },
    },
    async ({ params, query }) => {
      const model = await registry.resolve(params.model_id);
      const decision = await decisions.decide(model, symbolOf(model, query.symbol), EMPTY_ACCOUNT);
      count('ml-signal', decision.invalid?.reason ?? null);
      return answerOfMlSignal(await registry.resolve(params.model_id), decision, marketSource);
    },
  );
};

function orderOf(decision: Decision, account: AccountState, price: number): OrderProposal {
  return proposeOrder(decision.action, { price, atr14: decision.forecast.window.atr14 }, account);
}

/** @throws SYMBOL_MISMATCH when a package is asked about another symbol than its account trades */
function symbolOf(model: ModelPackage, asked: string | undefined): string {
  const own = model.manifest.symbol;
  if (asked === undefined || asked === own) return own;
  throw new PaperdeskError(
    'SYMBOL_MISMATCH',
    `${model.id} trades ${own}, not ${asked}; POST /paper/inference/v3 decides on any symbol.`,
  );
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
