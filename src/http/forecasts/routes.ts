import { z } from 'zod';
import type { ForecastSource } from '../../decisions/forecast-repository.ts';
import { PaperdeskError } from '../../errors.ts';
import { isoTime } from '../../runtime/iso-time.ts';
import type { AccountPipeline } from '../../trading/account-pipeline.ts';
import { replayParams } from '../replays/schema.ts';
import { modelParams } from '../shared/fields.ts';
import type { RouteServices, Routes } from '../shared/routes.ts';
import { answerOfPastForecast, endOf, forecastRows } from './answer.ts';
import { newestApart } from './newest-apart.ts';
import { forecastQuery, pastForecasts, storedForecast } from './schema.ts';

/** Whose forecasts are asked for. */
interface ForecastOwner {
  readonly source: ForecastSource;
  readonly pipeline: AccountPipeline;
}

/** `GET /paper/forecasts/:model_id` (http.md#21) and `/paper/replays/:id/forecasts` (http.md#22). */
export const forecastRoutes: Routes = async (app, services) => {
  const { desk, replays } = services;
  const schema = { querystring: forecastQuery, response: { 200: z.union([storedForecast, pastForecasts]) } };

  app.get(
    '/paper/forecasts/:model_id',
    {
      schema: {
        ...schema,
        tags: ['paper records'],
        summary: 'The forecast that a live decision or a replay made on a candle; without `as_of` a list',
        params: modelParams,
      },
    },
    async ({ params: { model_id }, query }) => {
      const { model } = await desk.accounts.find(model_id);
      if (model === null)
        throw new PaperdeskError('MODEL_NOT_FOUND', `${model_id} has no package, so it has no forecasts.`);
      const { symbol } = model.manifest;
      const source = { packageId: model.id, packageVersion: model.version, symbol };
      return answerOf(services, model_id, { source, pipeline: model.pipeline }, query);
    },
  );

  app.get(
    '/paper/replays/:id/forecasts',
    {
      schema: {
        ...schema,
        tags: ['paper replays'],
        summary: 'The same of the package of a replay, within its range',
        params: replayParams,
      },
    },
    async ({ params: { id }, query }) => {
      const { packageId, packageVersion, symbol, pipeline, ...range } = await replays.get(id);
      const from = Math.max(query.from ?? 0, range.from);
      const to = Math.min(query.to ?? Number.MAX_SAFE_INTEGER, range.to);
      const source = { packageId, packageVersion, symbol };
      return answerOf(services, packageId, { source, pipeline }, { ...query, from, to });
    },
  );
};

type Query = z.infer<typeof forecastQuery>;

async function answerOf(services: RouteServices, modelId: string, owner: ForecastOwner, query: Query) {
  return query.as_of === undefined
    ? listOf(services, owner, query)
    : singleOf(services, modelId, owner, query.as_of);
}

async function singleOf(
  { desk: { market }, storedForecasts }: RouteServices,
  modelId: string,
  { source, pipeline }: ForecastOwner,
  asOf: number,
) {
  const { symbol } = source;
  const [forecast] = await storedForecasts.at(source, [asOf]);
  if (forecast === undefined) {
    throw new PaperdeskError(
      'FORECAST_NOT_FOUND',
      `${source.packageId} has no stored forecast on the candle of ${symbol} that closed at ${isoTime(asOf)}: ` +
        'it made none, or the forecast was deleted because of its age.',
    );
  }
  return {
    model_id: modelId,
    symbol,
    as_of: isoTime(asOf),
    price: (await market.closesAt(symbol, pipeline, [asOf])).get(asOf) ?? null,
    forecast_values: forecastRows(forecast.quantiles),
  };
}

async function listOf(
  { desk: { market }, storedForecasts }: RouteServices,
  { source, pipeline }: ForecastOwner,
  { every, limit, offset = 0, sort, from = 0, to = Number.MAX_SAFE_INTEGER }: Query,
) {
  const times = await storedForecasts.times(source, { from, to });
  const chosen = every === undefined ? times : newestApart(times, every);
  const sorted = sort === 'newest' ? chosen.toReversed() : chosen;
  const page = await storedForecasts.at(source, sorted.slice(offset, offset + limit));
  const { decisionMs } = pipeline;
  const wanted = page.flatMap((forecast) => [forecast.asOf, endOf(forecast, decisionMs)]);
  const closes = await market.closesAt(source.symbol, pipeline, wanted);
  const items = page.map((forecast) => answerOfPastForecast(forecast, decisionMs, closes));
  return {
    items: sort === 'newest' ? items.toReversed() : items,
    next_cursor: null,
    total: sorted.length,
    offset,
  };
}
