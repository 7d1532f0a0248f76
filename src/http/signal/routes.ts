import { gateNow } from '../../accounts/gate-now.ts';
import type { Overview } from '../../accounts/overview.ts';
import type { PollResult } from '../../accounts/poll.ts';
import type { ModelPackage } from '../../packages/model-package.ts';
import { accountGate, type Gate, gateOfError, isGate } from '../../trading/gates.ts';
import { proposeOrder } from '../../trading/propose-order.ts';
import { answerOfCurrentStats } from '../performance/answer.ts';
import { problems } from '../shared/problem-schema.ts';
import type { Routes } from '../shared/routes.ts';
import { serializeOnce } from '../shared/serialize-once.ts';
import { answerOfSignal, answerWithoutDecision } from './answer.ts';
import { accountStateOf, findExistingAccount } from './existing-account.ts';
import { answerOfPoll } from './poll-answer.ts';
import { pollRequest, type SignalAnswer, signalAnswer, signalQuery } from './schema.ts';

const tags = ['decisions'];

/** The state of an account that its package does not have yet. */
const NEW = { status: 'ACTIVE' } as const;

/** `POST /paper/signal`, one poll (http.md#14), and `GET /paper/signal`, the same without trading (http.md#15). */
export const signalRoutes: Routes = async (app, services) => {
  const { desk, history, decisions, metrics, marketSource, clock } = services;

  app.setSerializerCompiler(serializeOnce);
  /** Of polls that found the candle decided, which are the same object until something changes. */
  const answers = new WeakMap<PollResult, SignalAnswer>();

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
      const answer = answers.get(polled) ?? answerOfPoll(polled, marketSource);
      answers.set(polled, answer);
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
      const gate = overview === undefined ? accountGate(NEW, model, false) : gateNow(overview, clock.now());
      const decided = gate ?? (await decide(model as ModelPackage, symbol, overview).catch(gateOfError));
      if (model === null || isGate(decided)) {
        const modelId = overview?.stored.account.id ?? query.model_id;
        return answerWithoutDecision({ modelId, model, symbol }, decided as Gate, stats, marketSource);
      }
      const { decision, state, window } = decided;
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

  async function decide(model: ModelPackage, symbol: string, overview: Overview | undefined) {
    const state = await accountStateOf(services, model, overview);
    const window = await history.window(symbol, model.pipeline);
    return { state, window, decision: await decisions.decide(model, window, state, window.close) };
  }
};
