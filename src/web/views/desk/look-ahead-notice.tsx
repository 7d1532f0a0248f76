import type { LookAheadAnswer } from '../../../http/replays/schema.ts';
import { Notice } from '../../components/messages.tsx';
import { count, significant } from '../../format/numbers.ts';
import { utcMinute } from '../../format/time.ts';

interface LookAheadNoticeProps {
  readonly lookAhead: LookAheadAnswer;
}

/** One sentence about whether decisions of a replay depend on what came after them. */
export function LookAheadNotice({ lookAhead }: LookAheadNoticeProps) {
  const { candles_checked: checked, candles_equal: equal, first_difference: first } = lookAhead;
  if (first === null) {
    return (
      <Notice tone="info">
        Look-ahead check: {count(equal)} of {count(checked)} candles give the same without what came after
        them.
      </Notice>
    );
  }
  return (
    <Notice tone="bad">
      Look-ahead: {count(checked - equal)} of {count(checked)} candles give something else without what came
      after them, first that of {utcMinute(first.candle)} UTC in <code>{first.quantity}</code>:{' '}
      {valueText(first.alone)} alone, {valueText(first.in_replay)} here. Do not rely on this replay.
    </Notice>
  );
}

function valueText(value: number | string | null): string {
  if (value === null) return 'nothing';
  return typeof value === 'number' ? significant(value, 8) : value;
}
