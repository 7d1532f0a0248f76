import { createInferenceEngine, type InferenceEngine } from '../models/engine.ts';
import type { ServiceContext } from './context.ts';

/** The engines that compute models, each in a process of its own. */
export interface InferenceEngines {
  /** For live decisions. */
  readonly engine: InferenceEngine;
  /** For warm-ups, proofs, trials and replays, so that live decisions wait for none of them. */
  readonly background: InferenceEngine;
}

/** Share of the memory budget that live decisions have. */
const LIVE_SHARE = 0.75;
/** Below the limit of an idle connection, also for a forecast and an action one after the other. */
const ANSWER_WITHIN_MS = 20_000;
/** What a proof or a replay computes fails after so many deaths. */
const DEATHS_PER_CALL = 3;
const IDLE_MS = 60_000;

export function openInference({ config, log, onClose }: ServiceContext): InferenceEngines {
  const { memoryBudgetBytes, forecastMaxMs } = config;
  const liveBytes = Math.floor(memoryBudgetBytes * LIVE_SHARE);
  const engine = createInferenceEngine({
    ...{ memoryBudgetBytes: liveBytes, forecastMaxMs, answerWithinMs: ANSWER_WITHIN_MS, log },
  });
  const background = createInferenceEngine({
    ...{ memoryBudgetBytes: memoryBudgetBytes - liveBytes, forecastMaxMs, log },
    ...{ deathsPerCall: DEATHS_PER_CALL, idleMs: IDLE_MS },
  });
  onClose(async () => {
    await Promise.all([engine.close(), background.close()]);
  });
  return { engine, background };
}
