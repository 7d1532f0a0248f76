import { z } from 'zod';
import { PaperdeskError } from '../../errors.ts';
import { requireNotArchived } from '../../packages/model-package.ts';
import { modelParams, symbol } from '../shared/fields.ts';
import { problems } from '../shared/problem-schema.ts';
import type { Routes } from '../shared/routes.ts';
import { accountStateOf, findExistingAccount } from '../signal/existing-account.ts';
import { answerOfMlSignal } from './answer.ts';
import { mlSignalAnswer, mlSignalLiteAnswer } from './schema.ts';

/** `GET /paper/ml-signal/:model_id` and `/paper/ml-signal-lite/:model_id` (http.md#15). */
export const mlSignalRoutes: Routes = async (app, services) => {
  const { history, registry, decisions, metrics, marketSource } = services;
  const request = {
    tags: ['decisions'],
    params: modelParams,
    querystring: z.object({ symbol: symbol.optional() }),
  };

  /** @throws MODEL_NOT_FOUND, PACKAGE_ARCHIVED, SYMBOL_MISMATCH */
  async function mlSignalOf(modelId: string, symbol: string | undefined) {
    const { model, overview } = await findExistingAccount(services, modelId, symbol);
    if (model === null)
      throw new PaperdeskError('MODEL_NOT_FOUND', `${modelId} has no package, so it has no signal.`);
    requireNotArchived(model);
    const state = await accountStateOf(services, model, overview);
    const window = await history.window(model.manifest.symbol, model.pipeline);
    const decision = await decisions.decide(model, window, state, window.close);
    metrics.countDecision('ml-signal', decision.invalid?.reason ?? null);
    // Read again, because the first successful decision ends the warm-up.
    return answerOfMlSignal(await registry.resolve(modelId), decision, marketSource);
  }

  const routes = [
    [
      '/paper/ml-signal/:model_id',
      'The same decision with the whole forecast, in the older form',
      mlSignalAnswer,
    ],
    ['/paper/ml-signal-lite/:model_id', 'The same without the forecast', mlSignalLiteAnswer],
  ] as const;
  for (const [url, summary, answer] of routes) {
    app.get(
      url,
      {
        config: { foreignPages: 'refused' },
        schema: { ...request, summary, response: { 200: answer, ...problems(409, 422) } },
      },
      ({ params, query }) => mlSignalOf(params.model_id, query.symbol),
    );
  }
};
