import type { ComparedCounterfactual, CounterfactualResults } from '../../replays/counterfactual-results.ts';
import type { CounterfactualsAnswer } from './schema.ts';

/** What counterfactuals say about their original. */
export function answerOfCounterfactuals({
  noStops,
  signOfMedian,
  randomEntries,
  ...counts
}: CounterfactualResults): CounterfactualsAnswer {
  return {
    ...counts,
    no_stops: noStops && answerOfCompared(noStops),
    sign_of_median: signOfMedian && answerOfCompared(signOfMedian),
    random_entries: randomEntries && {
      total_return_pct: randomEntries.totalReturns.map((share) => share * 100),
      ahead: randomEntries.ahead,
      of: randomEntries.totalReturns.length,
      sentence: randomEntries.sentence,
    },
  };
}

function answerOfCompared({ id, totalReturn, sentence, comparison, ...judged }: ComparedCounterfactual) {
  const { days, activeDays, withheld, difference } = comparison;
  return {
    id,
    total_return_pct: totalReturn * 100,
    sentence,
    comparison: {
      ...{ days, active_days: activeDays, withheld },
      p: difference?.p ?? null,
      adjusted_p: judged.adjustedP,
      share_ahead: difference?.shareAhead ?? null,
      sentence: judged.comparisonSentence,
    },
  };
}
