import type { Routes } from '../shared/routes.ts';
import { answerOfAccounts } from './answer.ts';
import { accountList, accountListQuery } from './schema.ts';

/** `GET /paper/accounts` (http.md#21). */
export const accountListRoutes: Routes = async (app, { desk, alerts, statistics }) => {
  app.get(
    '/paper/accounts',
    {
      config: { foreignPages: 'refused' },
      schema: {
        tags: ['paper accounts'],
        summary: 'All accounts with equity, drawdown, open lots, state and last decision, worst first',
        querystring: accountListQuery,
        response: { 200: accountList },
      },
    },
    async ({ query: { sort } }) => {
      const accounts = await statistics.comparedAccounts();
      const decisions = await desk.history.lastDecisions();
      const factsOf = (id: string) => ({ lastDecision: decisions.get(id), polls: alerts.pollsOf(id) });
      return answerOfAccounts(accounts, factsOf, sort);
    },
  );
};
