import type { PollRequest, PollResult } from '../accounts/poll.ts';
import { createLeasedLoop, type LeasedLoop } from '../cluster/leased-loop.ts';
import type { Leases } from '../cluster/leases.ts';
import { shownError } from '../db/shown-error.ts';
import { PaperdeskError } from '../errors.ts';
import type { ModelPackage, TradingState } from '../packages/model-package.ts';
import { backoffMs } from '../runtime/backoff.ts';
import type { Log } from '../runtime/log.ts';
import type { Clock, Timers } from '../runtime/timers.ts';
import { decisionCandleStart } from '../trading/account-pipeline.ts';

export interface PackageTraderDependencies {
  readonly poll: (request: PollRequest) => Promise<PollResult>;
  readonly leases: Pick<Leases, 'want'>;
  /** Stores how trading goes. @param isNews whether a problem began or ended */
  readonly report: (packageId: string, state: TradingState, isNews: boolean) => Promise<void>;
  readonly now: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

/** Exchanges need about a second to publish a candle. */
const AFTER_CLOSE_MS = 1_000;
/** The clock may be set, or the machine may sleep. */
const LONGEST_PAUSE_MS = 60_000;
const BACKOFF = { firstMs: 1_000, longestMs: 60_000, jitter: 0.25 };
/** So long after its close, a candle that cannot be decided on yet is no problem. */
const PATIENCE_MS = 60_000;

/**
 * Polls the account of a package after each decision candle, on the one node with the lease (packages.md#46). It does
 * nothing until it is started.
 */
export function createPackageTrader(
  { poll, leases, report, now, timers, log }: PackageTraderDependencies,
  { id, pipeline, trading }: Pick<ModelPackage, 'id' | 'pipeline' | 'trading'>,
): LeasedLoop {
  let state = trading;
  let isFirst = true;
  let failures = 0;

  /** Polls once. @returns whether nothing is left to do on the newest closed candle */
  async function trade(): Promise<boolean> {
    const { isOver, asOf = state.asOf, problem } = await attempt();
    const problemSince = problem === undefined ? undefined : (state.problemSince ?? now());
    if (isFirst || asOf !== state.asOf || problem !== state.problem) {
      const isNews = isFirst || (problem === undefined) !== (state.problem === undefined);
      await report(id, { asOf, problem, problemSince }, isNews);
    }
    state = { asOf, problem, problemSince };
    isFirst = false;
    return isOver;
  }

  async function attempt(): Promise<Attempt> {
    try {
      return attemptOf(await poll({ modelId: id, isByService: true }), now());
    } catch (error) {
      const level = error instanceof PaperdeskError ? 'warn' : 'error';
      log[level]({ err: error, package: id }, 'the service could not poll the account of the package');
      return { isOver: false, problem: shownError(error) };
    }
  }

  function retry(): number {
    failures += 1;
    return backoffMs(BACKOFF, failures, timers.random);
  }

  return createLeasedLoop({
    leases,
    name: `auto-trade:${id}`,
    begin() {
      failures = 0;
      // Another node may have had the lease.
      isFirst = true;
      /** Close time of the newest candle on which nothing is left to do, ms. */
      let done = Number.NEGATIVE_INFINITY;
      return async () => {
        const asOf = decisionCandleStart(pipeline, now());
        if (asOf > done) {
          if (!(await trade())) return retry();
          done = asOf;
          failures = 0;
        }
        const next = done + pipeline.decisionMs + AFTER_CLOSE_MS;
        return Math.max(0, Math.min(next - now(), LONGEST_PAUSE_MS));
      };
    },
    onFailure(error) {
      log.error({ err: error, package: id }, 'how trading by the service goes could not be stored');
      return retry();
    },
    timers,
  });
}

/** What came of a poll. */
interface Attempt {
  /** Whether nothing is left to do on the candle. */
  readonly isOver: boolean;
  /** Close time of the candle on which a decision stands, ms. */
  readonly asOf?: number;
  readonly problem?: string;
}

function attemptOf({ asOf, gate }: PollResult, now: number): Attempt {
  if (gate === null || gate.reason === 'DECIDED') return { isOver: true, asOf };
  // Its orders can no longer be filled, for example because trading has just begun.
  if (gate.reason === 'MISSED') return { isOver: true };
  const isProblem = gate.isRecorded || now - asOf > PATIENCE_MS;
  return { isOver: false, ...(isProblem && { problem: gate.sentence }) };
}
