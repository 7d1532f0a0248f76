import type { MarksAnswer } from '../../../../http/records/marks-schema.ts';
import { getJson } from '../../../data/api.ts';
import type { RecordSource } from '../../../data/record-source.ts';
import { type Resource, useResource } from '../../../data/resource.ts';
import { withQuery } from '../../../data/urls.ts';
import { type PositionPage, type Traded, traded } from './chart-answers.ts';

/** With more positions in a range, days are drawn instead. */
const MAX_POSITIONS = 400;

/**
 * What a run traded in a range: lots, positions where lots are too many to tell apart, or else results by day.
 * @param from ms since the epoch, as `to`
 */
export function useTraded(source: RecordSource, from: number, to: number): Resource<Traded> {
  return useResource(
    async (signal) => {
      const range = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
      const [whole, marks] = await Promise.all([
        getJson<PositionPage>(withQuery(source.positions, { ...range, limit: String(MAX_POSITIONS) }), {
          signal,
        }),
        getJson<MarksAnswer>(withQuery(source.marks, range), { signal }),
      ]);
      return traded(whole, marks);
    },
    [source.positions, from, to],
    source.reloadOptions('position'),
  );
}
