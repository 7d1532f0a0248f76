import type { ReplayAnswer } from '../../../http/replays/schema.ts';
import { count } from '../../format/numbers.ts';
import type { Figure } from './figures.ts';

/** Whether decisions of a replay depended on what came after them (statistics.md#90). @param replays with their results */
export function lookAheadFigure(replays: readonly ReplayAnswer[]): Figure {
  const checks = new Map(replays.map(({ id, result }) => [id, result?.look_ahead]));
  return {
    label: 'Look-ahead check',
    of: ({ key }) => {
      const check = checks.get(key);
      if (check == null) return { text: 'on its desk', isMissing: true };
      const { candles_checked: checked, candles_equal: equal } = check;
      if (equal === checked) return { text: `passed, ${count(checked)} candles`, detail: undefined };
      return { text: `failed: ${count(checked - equal)} of ${count(checked)} candles differ`, gain: -1 };
    },
  };
}
