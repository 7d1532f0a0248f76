import { diffOfPackages } from '../../packages/package-diff.ts';
import { accountIdOf } from '../../packages/package-id.ts';
import type { ComparedAccount } from '../../statistics/compared-accounts.ts';
import { answerOfPair, recordsOfAccounts } from '../comparison/pairs.ts';
import { answerOfPerformance } from '../performance/answer.ts';
import type { Routes } from '../shared/routes.ts';
import { diffParams, type PackageDiffAnswer, packageDiff } from './diff-schema.ts';

/** `GET /model-packages/:a/diff/:b` (http.md#9). */
export const packageDiffRoutes: Routes = async (app, services) => {
  const { registry, scalers, statistics } = services;

  async function resultsOf(a: string, b: string): Promise<PackageDiffAnswer['results']> {
    const accounts = await statistics.comparedAccounts();
    const find = (id: string) => accounts.find(({ overview }) => overview.account.id === accountIdOf(id));
    const [left, right] = [find(a), find(b)];
    const isPair = left !== undefined && right !== undefined && left !== right;
    const records = isPair ? recordsOfAccounts(accounts, [a, b].map(accountIdOf)) : [];
    const [pair] = await statistics.compareRecords.all(records);
    return {
      a: left === undefined ? null : answerOfResults(left),
      b: right === undefined ? null : answerOfResults(right),
      pair: pair === undefined ? null : answerOfPair(pair),
    };
  }

  app.get(
    '/model-packages/:a/diff/:b',
    {
      schema: {
        tags: ['model packages'],
        summary: 'Two packages side by side: what they are, and what came of it',
        params: diffParams,
        response: { 200: packageDiff },
      },
    },
    async ({ params }) => {
      const a = await registry.get(params.a);
      const b = await registry.get(params.b);
      const rows = diffOfPackages(
        { model: a, scaler: await scalers.of(a) },
        { model: b, scaler: await scalers.of(b) },
      );
      const differences = rows.filter(({ equal }) => !equal).length;
      return { a: a.id, b: b.id, differences, rows, results: await resultsOf(a.id, b.id) };
    },
  );
};

function answerOfResults({ overview, performance, quality, judged }: ComparedAccount) {
  return {
    model_id: overview.account.id,
    performance: answerOfPerformance(overview, performance, quality, judged),
  };
}
