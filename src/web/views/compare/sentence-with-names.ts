import type { PairsAnswer } from '../../../http/comparison/schema.ts';

/** The sentence about two accounts or replays, with their names in place of their ids. */
export function sentenceWithNames(
  { a, b, sentence }: Pick<PairsAnswer['pairs'][number], 'a' | 'b' | 'sentence'>,
  nameOf: (id: string) => string,
): string {
  // One id may begin with the other ("paper_btc", "paper_btc_2"), and a name may contain an id.
  const [longer, shorter] = a.length > b.length ? [a, b] : [b, a];
  return sentence
    .split(longer)
    .map((part) => part.split(shorter).join(nameOf(shorter)))
    .join(nameOf(longer));
}
