import { TIMEFRAME_MS } from '../../candle.ts';
import { answerOfCurve } from '../equity/answer.ts';
import { equityCurve, equityQuery } from '../equity/schema.ts';
import type { RouteServices, Routes } from '../shared/routes.ts';
import type { RecordSource } from './record-source.ts';
import { serveLists } from './serve-lists.ts';
import { serveMarks } from './serve-marks.ts';

/** Adds the routes of all records of a source. */
export function serveRecords(
  app: Parameters<Routes>[0],
  services: RouteServices,
  source: RecordSource,
): void {
  const { statistics } = services;
  const { url, tags, params, foreignPages, owner, ownerOf } = source;
  const config = foreignPages === undefined ? {} : { foreignPages };

  app.get(
    url('equity'),
    {
      config,
      schema: {
        ...{ tags, params },
        summary: `The equity curve${owner || ' of the current epoch'} at the closes of decision candles, reduced to a number of points`,
        querystring: equityQuery,
        response: { 200: equityCurve },
      },
    },
    async ({ params, query: { points, timeframe, ...range } }) => {
      const curveOwner = await ownerOf(params);
      const { from = curveOwner.from, to = curveOwner.to } = range;
      return answerOfCurve(
        await statistics.equityCurves(curveOwner, {
          from,
          to,
          points,
          gridMs: timeframe && TIMEFRAME_MS[timeframe],
        }),
      );
    },
  );

  serveMarks(app, services, source);
  serveLists(app, services, source);
}
