import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { PaperDesk } from '../../accounts/paper-desk.ts';
import { PaperdeskError } from '../../errors.ts';
import { forecastQuery, keptForecast, modelParams } from '../accounts/schema.ts';
import { forecastValues } from '../decisions/signal-answer.ts';
import { problems } from '../shared/problem-schema.ts';
import { isoTime } from '../shared/time-schema.ts';

export interface PaperForecastRoutesOptions {
  readonly desk: Pick<PaperDesk, 'accounts' | 'forecasts' | 'market'>;
}

/** Forecasts that decisions were made from, to be held against what came. */
export const paperForecastRoutes: FastifyPluginAsyncZod<PaperForecastRoutesOptions> = async (
  app,
  { desk: { accounts, forecasts, market } },
) => {
  app.get(
    '/paper/forecasts/:model_id',
    {
      schema: {
        tags: ['paper records'],
        summary: 'The forecast that was made on a candle, by a live decision or a replay',
        params: modelParams,
        querystring: forecastQuery,
        response: { 200: keptForecast, ...problems(400, 404, 503) },
      },
    },
    async ({ params, query: { as_of: asOf } }) => {
      const { model } = await accounts.find(params.model_id);
      if (model === null)
        throw new PaperdeskError('MODEL_NOT_FOUND', `${params.model_id} has no package that forecasts.`);
      const { symbol } = model.manifest;
      const source = { packageId: model.id, packageVersion: model.version, symbol };
      const [forecast] = await forecasts.range(source, { from: asOf, to: asOf });
      if (forecast === undefined) {
        throw new PaperdeskError(
          'FORECAST_NOT_FOUND',
          `${model.id} has no forecast kept that was made on the candle of ${symbol} that closed at ${isoTime(asOf)}: ` +
            'it was not asked then, or that is too long ago.',
        );
      }
      return {
        model_id: params.model_id,
        symbol,
        as_of: isoTime(asOf),
        price: (await market.closesAt(symbol, [asOf])).get(asOf) ?? null,
        forecast_values: forecastValues(forecast.quantiles),
      };
    },
  );
};
