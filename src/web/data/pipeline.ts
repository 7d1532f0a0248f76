import { timeframeMs } from '../format/time.ts';
import { DEFAULT_PIPELINE } from '../service-rules.ts';

type DeclaredPipeline = typeof DEFAULT_PIPELINE;

/** The candles and the hold limit of an account, as its package declares them. */
export interface AccountPipeline {
  /** Timeframe of the candles that decisions are taken on, for example `1h`, and its length. */
  readonly decisionTimeframe: string;
  readonly decisionMs: number;
  /** Timeframe of the candles that stops and targets are executed on, and its length. */
  readonly intrabarTimeframe: string;
  readonly intrabarMs: number;
  /** Decision candles after which a lot of the policy is closed. */
  readonly maxHoldSteps: number;
}

/** The pipeline that a manifest, an account or a replay has; the default one where there is none. */
export function pipelineOf(one: Partial<DeclaredPipeline> | undefined): AccountPipeline {
  const declared = { ...DEFAULT_PIPELINE, ...one };
  return {
    decisionTimeframe: declared.decision_tf,
    decisionMs: timeframeMs(declared.decision_tf),
    intrabarTimeframe: declared.intrabar_tf,
    intrabarMs: timeframeMs(declared.intrabar_tf),
    maxHoldSteps: declared.max_hold_steps,
  };
}
