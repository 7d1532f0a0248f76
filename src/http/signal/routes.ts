import type { Overview } from '../../accounts/overview.ts';
import type { ModelPackage } from '../../packages/model-package.ts';
import { proposeOrder } from '../../trading/propose-order.ts';
import { answerOfCurrentStats } from '../performance/answer.ts';
import { problems } from '../shared/problem-schema.ts';
import type { Routes } from '../shared/routes.ts';
import { answerOfSignal, answerWithoutDecision, type EarlyGate } from './answer.ts';
import { accountStateOf, findExistingAccount } from './existing-account.ts';
import { answerOfPoll } from './poll-answer.ts';
import { pollRequest, signalAnswer, signalQuery } from './schema.ts';

const tags = ['decisions'];

/** `POST /paper/signal`, one poll (http.md#14), and `GET /paper/signal`, the same without trading (http.md#15). */
export const signalRoutes: Routes = async (app, services) => {
  const { desk, history, decisions, metrics, marketSource } = services;

  app.post(
    '/paper/signal',
    {
      schema: {
        tags,
        summary: 'One poll: bring the account up to date and decide on the newest closed candle',
        description:
          'At most one decision is taken per closed candle; later polls return the same decision. Without `signal` ' +
          "the account's package decides. A `signal` without `confidence` has the confidence 100.",
        body: pollRequest,
        response: { 200: signalAnswer, ...problems(404, 409, 422) },
      },
    },
    async ({ body }) => {
      const { signal, confidence = 100 } = body;
      const polled = await desk.poll({
        modelId: body.model_id,
        symbol: body.symbol,
        currentPrice: body.current_price,
        external: signal && { source: 'external', direction: signal, confidence },
      });
      const answer = answerOfPoll(polled, marketSource);
      metrics.countDecision('poll', answer.reason);
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
        querystring: signalQuery,
        response: { 200: signalAnswer, ...problems(404, 409) },
      },
    },
    async ({ query }) => {
      const { model, overview } = await findExistingAccount(services, query.model_id, query.symbol);
      const stats = overview === undefined ? null : answerOfCurrentStats(overview);
      const symbol = overview?.stored.symbol ?? model?.manifest.symbol ?? '';
      const gate = earlyGate(model, overview);
      if (gate !== null || model === null) {
        const modelId = overview?.stored.account.id ?? query.model_id;
        return answerWithoutDecision({ modelId, model, symbol }, gate ?? 'NO_MODEL', stats, marketSource);
      }
      const state = await accountStateOf(services, model, overview);
      const window = await history.window(symbol, model.pipeline);
      const decision = await decisions.decide(model, window, state, window.close);
      const settings = overview?.account.settings;
      const order = proposeOrder(
        decision.action,
        { price: window.close, atr14: decision.forecast.window.atr14 },
        state,
        settings && { maxLots: settings.maxPositions, opposite: settings.opposite },
      );
      const answer = answerOfSignal(model, decision, order, stats, marketSource);
      metrics.countDecision('signal', answer.reason);
      return answer;
    },
  );
};

/** The gate that stops a poll before the package decides. */
function earlyGate(model: ModelPackage | null, overview: Overview | undefined): EarlyGate | null {
  if (overview?.account.status === 'KILLED') return 'KILLED';
  if (overview?.account.status === 'PAUSED') return 'PAUSED';
  if (model === null) return 'NO_MODEL';
  if (model.status === 'ARCHIVED') return 'ARCHIVED';
  return model.warmUpStatus === 'DONE' ? null : 'WARMUP';
}
