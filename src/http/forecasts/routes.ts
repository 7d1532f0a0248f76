import { PaperdeskError } from '../../errors.ts';
import { isoTime } from '../../runtime/iso-time.ts';
import { modelParams } from '../shared/fields.ts';
import type { Routes } from '../shared/routes.ts';
import { forecastRows } from './answer.ts';
import { forecastQuery, storedForecast } from './schema.ts';

/** `GET /paper/forecasts/:model_id` (http.md#21). */
export const forecastRoutes: Routes = async (app, { desk: { accounts, market }, storedForecasts }) => {
  app.get(
    '/paper/forecasts/:model_id',
    {
      schema: {
        tags: ['paper records'],
        summary: 'The forecast that a live decision or a replay made on a candle',
        params: modelParams,
        querystring: forecastQuery,
        response: { 200: storedForecast },
      },
    },
    async ({ params, query: { as_of: asOf } }) => {
      const { model } = await accounts.find(params.model_id);
      if (model === null)
        throw new PaperdeskError(
          'MODEL_NOT_FOUND',
          `${params.model_id} has no package, so it has no forecasts.`,
        );
      const { symbol } = model.manifest;
      const source = { packageId: model.id, packageVersion: model.version, symbol };
      const [forecast] = await storedForecasts.range(source, { from: asOf, to: asOf });
      if (forecast === undefined) {
        throw new PaperdeskError(
          'FORECAST_NOT_FOUND',
          `${model.id} has no stored forecast on the candle of ${symbol} that closed at ${isoTime(asOf)}: ` +
            'it made none, or the forecast was deleted because of its age.',
        );
      }
      return {
        model_id: params.model_id,
        symbol,
        as_of: isoTime(asOf),
        price: (await market.closesAt(symbol, model.pipeline, [asOf])).get(asOf) ?? null,
        forecast_values: forecastRows(forecast.quantiles),
      };
    },
  );
};
