import { newestClosedOpenTime } from '../candle.ts';
import type { StoreVersion } from '../db/store-version.ts';
import type { Polled } from './polled.ts';

/**
 * Answers of polls that found their candle decided and changed nothing. Until something is stored, or another candle
 * closes, whoever polls again gets the same answer without its being made again.
 */
export interface RepeatedPolls {
  /** The state that an answer is made in; null of `known` where it has to be made. */
  look(modelId: string): Promise<{ readonly state: string; readonly known: Polled | null }>;
  /** Keeps an answer, if nothing has changed since `state`. */
  keep(modelId: string, state: string, polled: Polled): Promise<void>;
}

/** Far more than there are accounts. */
const MOST_KEPT = 1000;

export function createRepeatedPolls(parts: {
  readonly storeVersion: StoreVersion;
  readonly now: () => number;
}): RepeatedPolls {
  const answers = new Map<string, { readonly state: string; readonly polled: Polled }>();
  const stateNow = async () => `${newestClosedOpenTime(parts.now(), '3m')} ${await parts.storeVersion()}`;

  return {
    async look(modelId) {
      const state = await stateNow();
      const kept = answers.get(modelId);
      return { state, known: kept?.state === state ? kept.polled : null };
    },

    async keep(modelId, state, polled) {
      if (polled.gate?.reason !== 'DECIDED' || !polled.overview.settled) return;
      if ((await stateNow()) !== state) return;
      answers.delete(modelId);
      answers.set(modelId, { state, polled });
      if (answers.size > MOST_KEPT) answers.delete(answers.keys().next().value as string);
    },
  };
}
