import { marketOf } from '../../accounts/account-repository.ts';
import { decisionCandleStart } from '../../trading/account-pipeline.ts';
import { replayParams } from '../replays/schema.ts';
import { executedAccount } from '../shared/executed-account.ts';
import { modelParams } from '../shared/fields.ts';
import type { Routes } from '../shared/routes.ts';
import { serveRecords } from './serve-records.ts';

/** The account of a replay is never reset. */
const REPLAY_EPOCH = 1;

/** Equity, trades, ledger and decisions of live accounts (http.md#21) and of replays (http.md#22). */
export const recordRoutes: Routes = async (app, services) => {
  const { desk, replays, clock } = services;

  serveRecords(app, services, {
    // `/paper/positions/:model_id` is an older route of lots.
    url: (record) =>
      record === 'positions' ? '/paper/account/:model_id/positions' : `/paper/${record}/:model_id`,
    tags: ['paper records'],
    params: modelParams.transform(({ model_id }) => model_id),
    foreignPages: 'refused',
    owner: '',
    async ownerOf(modelId) {
      const { stored } = await executedAccount(desk, modelId);
      const { account, symbol, revision } = stored;
      const { id, epoch, initialBalance, pipeline } = account;
      // Points are at closes of decision candles, so this default lets callers between two closes share the cache.
      const to = decisionCandleStart(pipeline, clock.now());
      const price = async () => (await desk.market.mark(marketOf(stored)))?.price ?? null;
      return { id, epoch, initialBalance, pipeline, symbol, revision, from: 0, to, price };
    },
  });

  serveRecords(app, services, {
    url: (record) => `/paper/replays/:id/${record}`,
    tags: ['paper replays'],
    params: replayParams.transform(({ id }) => id),
    owner: ' of a replay',
    async ownerOf(replayId) {
      const { id, initialBalance, pipeline, symbol, from, to, results } = await replays.get(replayId);
      const revision = results === null ? null : 'done';
      const price = async () => (await desk.market.closesAt(symbol, pipeline, [to])).get(to) ?? null;
      return { id, epoch: REPLAY_EPOCH, initialBalance, pipeline, symbol, revision, from, to, price };
    },
  });
};
