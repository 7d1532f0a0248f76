import { type DayRange, datesOf } from '../format/day-range.ts';
import { sendJson } from './api.ts';

/**
 * Queues a replay of each package over the same days, or none where one is refused.
 * @param fields others of the request
 * @throws ApiError
 */
export function startReplays(
  modelIds: readonly string[],
  range: DayRange,
  fields: object = {},
): Promise<unknown> {
  return sendJson('POST', '/paper/replays', { model_ids: modelIds, ...datesOf(range), ...fields });
}
