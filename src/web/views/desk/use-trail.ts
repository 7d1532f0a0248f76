import type { DirectionsAnswer } from '../../../http/records/marks-schema.ts';
import type { RecordSource } from '../../data/record-source.ts';
import { useJson } from '../../data/resource.ts';
import { withQuery } from '../../data/urls.ts';
import { DAY_MS } from '../../format/time.ts';

/** The directions of the decisions of the last day. */
export function useTrail(records: RecordSource, decisionMs: number): readonly number[] {
  const limit = String(Math.ceil(DAY_MS / decisionMs));
  const directions = useJson<DirectionsAnswer>(
    withQuery(records.directions, { limit }),
    records.reloadOptions('decision'),
  );
  return (directions.data.value?.items ?? [])
    .map(({ direction }) => direction)
    .filter((direction) => direction !== null);
}
