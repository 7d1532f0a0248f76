import type { PairsAnswer } from '../../../http/comparison/schema.ts';
import { count, counted } from '../../format/numbers.ts';
import { weeksText } from '../../format/trials.ts';
import { sentenceWithNames } from './sentence-with-names.ts';

type Pair = PairsAnswer['pairs'][number];

/** The headline of a comparison, and what else may be said. */
export interface Conclusion {
  readonly headline: string;
  readonly details: readonly string[];
}

/**
 * What the pairs of a comparison say together (statistics.md#21). There is at least one pair.
 * @param isWaitingEnough whether the records grow: live accounts do, a replay needs a longer range
 */
export function conclusionOf(
  pairs: readonly Pair[],
  nameOf: (id: string) => string,
  isWaitingEnough: boolean,
): Conclusion {
  const [only] = pairs;
  if (pairs.length === 1 && only !== undefined) return conclusionOfPair(only, nameOf, isWaitingEnough);
  const told = pairs
    .filter(({ verdict }) => verdict !== null && verdict !== 'NONE')
    .toSorted((one, other) => one.difference!.adjusted_p - other.difference!.adjusted_p);
  const [clearest] = told;
  if (clearest === undefined)
    return {
      headline: `Nothing can be told between these: ${counted(pairs.length, 'pair')}, no difference.`,
      details: [],
    };
  const [sentence] = sentencesOf(sentenceWithNames(clearest, nameOf));
  return {
    headline: sentence!,
    details: [`A difference can be told in ${count(told.length)} of ${counted(pairs.length, 'pair')}.`],
  };
}

function conclusionOfPair(pair: Pair, nameOf: (id: string) => string, isWaitingEnough: boolean): Conclusion {
  const [headline, ...rest] = sentencesOf(pair.sentence).map((sentence) =>
    sentenceWithNames({ ...pair, sentence }, nameOf),
  );
  const weeks = weeksSentence(pair, isWaitingEnough);
  const share = shareSentence(pair, nameOf);
  return { headline: headline!, details: [...rest, ...(share ?? []), ...(weeks ?? [])] };
}

/** A sentence ends with a full stop before a capital letter; figures such as `1.2 %` have none. */
function sentencesOf(text: string): readonly string[] {
  return text.split(/(?<=\.)\s+(?=[A-Z])/);
}

function shareSentence({ a, b, difference }: Pair, nameOf: (id: string) => string): string[] | null {
  if (difference === null) return null;
  const share = difference.share_ahead;
  const [ahead, redraws] = share >= 0.5 ? [a, share] : [b, 1 - share];
  return [`${nameOf(ahead)} is ahead in ${count(redraws * 100)} of 100 resampled pasts.`];
}

/** When something could be told, where it cannot yet (statistics.md#28). */
function weeksSentence(
  { verdict, withheld, weeks_to_tell: weeks }: Pair,
  isWaitingEnough: boolean,
): string[] | null {
  if (verdict === 'A_CLEAR' || verdict === 'B_CLEAR') return null;
  if (weeks === null) return withheld === null ? ['At this pace it can never be told.'] : null;
  const time = weeksText(weeks);
  const how = isWaitingEnough ? `in ${time}` : `over a range that is ${time} longer`;
  return [
    withheld === null ? `If it stays as it is, it can be told ${how}.` : `They can be compared ${how}.`,
  ];
}
