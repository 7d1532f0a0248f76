import { requireNotArchived } from '../../packages/model-package.ts';
import type { AccountLot, AccountState } from '../../pipeline/account-state.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { proposeOrder } from '../../trading/propose-order.ts';
import { problems } from '../shared/problem-schema.ts';
import type { Routes } from '../shared/routes.ts';
import { answerOfInference } from './answer.ts';
import { type InferenceRequest, inferenceAnswer, inferenceRequest } from './schema.ts';

/** `POST /paper/inference/v3` (http.md#12). */
export const inferenceRoutes: Routes = async (app, services) => {
  const { registry, history, decisions, metrics, marketSource, clock } = services;

  app.post(
    '/paper/inference/v3',
    {
      schema: {
        tags: ['decisions'],
        summary: 'Decide for an account that the request describes',
        body: inferenceRequest,
        response: { 200: inferenceAnswer, ...problems(404, 409, 422) },
      },
    },
    async ({ body }) => {
      const { model_id, symbol, current_price: price } = body;
      const model = await registry.resolve(model_id);
      const account = accountOf(body, model.pipeline, clock.now());
      requireNotArchived(model);
      const window = await history.window(symbol, model.pipeline);
      const decision = await decisions.decide(model, window, account, price);
      const market = { price, atr14: decision.forecast.window.atr14 };
      const order = proposeOrder(decision.action, market, account);
      const answer = answerOfInference(model_id, model, decision, order, marketSource);
      metrics.countDecision('inference', answer.debug.reason);
      return answer;
    },
  );
};

function accountOf(
  { account_state: { equity, positions } }: InferenceRequest,
  { decisionMs }: Pick<Pipeline, 'decisionMs'>,
  now: number,
): AccountState {
  const open = positions.filter(({ status }) => status !== 'CLOSED');
  const lots = open.map((position): AccountLot => {
    const openedAt = position.opened_at ?? position.open_time ?? now;
    const age = Math.max(0, Math.floor((now - openedAt) / decisionMs));
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
