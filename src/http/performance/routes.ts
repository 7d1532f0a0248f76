import { judgedAccount } from '../../statistics/trials.ts';
import { executedAccount } from '../shared/executed-account.ts';
import { modelParams } from '../shared/fields.ts';
import type { Routes } from '../shared/routes.ts';
import { answerOfPerformance } from './answer.ts';
import { performanceWithTables } from './schema.ts';
import { answerOfTables } from './statistics-answer.ts';

/** `GET /paper/account/:model_id/performance` (http.md#19). */
export const performanceRoutes: Routes = async (
  app,
  { desk, statistics: { performances, quality, trials } },
) => {
  app.get(
    '/paper/account/:model_id/performance',
    {
      config: { foreignPages: 'refused' },
      schema: {
        tags: ['paper accounts'],
        summary: 'The statistics of the current epoch',
        params: modelParams,
        response: { 200: performanceWithTables },
      },
    },
    async ({ params }) => {
      const overview = await desk.overview(await executedAccount(desk, params.model_id));
      const measured = overview.model && (await quality.read(overview.model));
      const computed = await performances.read(overview);
      const judged = await trials.judge(judgedAccount(overview, computed));
      return { ...answerOfPerformance(overview, computed, measured, judged), ...answerOfTables(computed) };
    },
  );
};
