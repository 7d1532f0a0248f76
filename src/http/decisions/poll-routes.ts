import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { PaperDesk } from '../../accounts/paper-desk.ts';
import { signalRequest } from '../accounts/schema.ts';
import type { Metrics } from '../metrics/registry.ts';
import { problems } from '../shared/problem-schema.ts';
import { answerOfPoll } from './poll-answer.ts';
import { signalAnswer } from './schema.ts';

export interface PaperSignalRoutesOptions {
  readonly desk: PaperDesk;
  readonly metrics: Metrics;
  readonly marketSource: string;
}

/** `POST /paper/signal`: one poll of the loop (http.md#14). */
export const paperSignalRoutes: FastifyPluginAsyncZod<PaperSignalRoutesOptions> = async (app, options) => {
  const { desk, metrics, marketSource } = options;

  app.post(
    '/paper/signal',
    {
      schema: {
        tags: ['decisions'],
        summary: 'One poll: bring the account up to date and decide on the newest closed candle',
        description:
          'At most one decision is taken per closed candle; later polls answer it again. Without `signal` the ' +
          "account's package is asked. A `signal` without `confidence` counts as 100.",
        body: signalRequest,
        response: { 200: signalAnswer, ...problems(400, 404, 409, 422, 503) },
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
      metrics.decisions.labels('poll', answer.reason ?? 'NONE').inc();
      return answer;
    },
  );
};
