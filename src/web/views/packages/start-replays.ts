import { sendJson } from '../../data/api.ts';
import type { DayRange } from './whole-days.ts';

/** Starts a replay of each package over the same days, one after another. @throws ApiError of the first that is refused */
export async function startReplays(ids: readonly string[], { from, to }: DayRange): Promise<void> {
  for (const id of ids) {
    const range = { from: `${from}T00:00:00Z`, to: `${to}T00:00:00Z` };
    await sendJson('POST', '/paper/replays', { model_id: id, ...range });
  }
}
