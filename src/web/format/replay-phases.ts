import type { ReplayAnswer } from '../../http/replays/schema.ts';

/** What a running replay does. */
export const REPLAY_PHASES: Readonly<Record<NonNullable<ReplayAnswer['progress']['phase']>, string>> = {
  LOADING: 'loading candles',
  DECIDING: 'deciding',
  CHECKING: 'checking for look-ahead',
  EVALUATING: 'computing statistics',
};
