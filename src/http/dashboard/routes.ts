import type { Overview } from '../../accounts/overview.ts';
import type { Decision } from '../../decisions/decide.ts';
import { PaperdeskError } from '../../errors.ts';
import { isoTime } from '../../runtime/iso-time.ts';
import { judgedAccount } from '../../statistics/trials.ts';
import { accountStateAt } from '../../trading/account.ts';
import { decisionCandleStart } from '../../trading/account-pipeline.ts';
import type { ClosedLot, Lot } from '../../trading/lot.ts';
import { answerOfAccount } from '../accounts/answer.ts';
import { answerOfMlSignal } from '../ml-signal/answer.ts';
import { answerOfPerformance } from '../performance/answer.ts';
import { answerOfPosition } from '../positions/answer.ts';
import { executedAccount } from '../shared/executed-account.ts';
import { modelParams } from '../shared/fields.ts';
import type { Routes } from '../shared/routes.ts';
import { answerOfPresent, answerOfRules } from './present.ts';
import { dashboard } from './schema.ts';

const RECENT_TRADES = 10;

/** `GET /paper/dashboard/:model_id` (http.md#20). */
export const dashboardRoutes: Routes = async (app, services) => {
  const { desk, history, decisions, statistics, marketSource, clock } = services;
  const { performances, quality, trials } = statistics;

  app.get(
    '/paper/dashboard/:model_id',
    {
      config: { foreignPages: 'refused' },
      schema: {
        tags: ['paper accounts'],
        summary: 'Everything about one account in one answer',
        params: modelParams,
        response: { 200: dashboard },
      },
    },
    async ({ params }) => {
      const overview = await desk.overview(await executedAccount(desk, params.model_id));
      const { stored, model, account, price, pending } = overview;
      const now = clock.now();
      const decision = await decide(overview);
      const toPosition = (lot: Lot | ClosedLot) => answerOfPosition(lot, stored.symbol, price);
      const closed = await desk.history.closedLots(account.id, RECENT_TRADES);
      // Only what is already measured: a dashboard does not wait for forecast quality.
      const measured = model && quality.latest(model);
      const computed = await performances.read(overview);
      const judged = await trials.judge(judgedAccount(overview, computed));
      const performance = answerOfPerformance(overview, computed, measured, judged);
      return {
        account: answerOfAccount(overview, services.exchange),
        ml_signal: model && decision && answerOfMlSignal(model, decision, marketSource),
        now: answerOfPresent(overview, await newestRow(overview), decision, now),
        next_decision_at: isoTime(decisionCandleStart(account.pipeline, now) + account.pipeline.decisionMs),
        rules: answerOfRules(overview, decision),
        open_positions: account.lots.map(toPosition),
        open_positions_count: performance.open_positions_count,
        available_slots: performance.available_slots,
        recent_trades: [...pending.toReversed(), ...closed].slice(0, RECENT_TRADES).map(toPosition),
        performance,
        market_source: marketSource,
      };
    },
  );

  /** The newest row of an account; none before its first candle. */
  async function newestRow({ account: { id, lastDecision } }: Overview) {
    return lastDecision === null ? undefined : desk.history.decision(id, lastDecision.asOf);
  }

  /** Null if the package is not in use or cannot decide now. */
  async function decide({ model, stored, account, price }: Overview): Promise<Decision | null> {
    if (model === null || model.status === 'ARCHIVED' || model.warmUpStatus !== 'DONE') return null;
    try {
      const state = accountStateAt(account, price ?? 0);
      const window = await history.window(stored.symbol, model.pipeline);
      return await decisions.decide(model, window, state, window.close);
    } catch (error) {
      if (error instanceof PaperdeskError) return null;
      throw error;
    }
  }
};
