import type { DashboardAnswer } from '../../../http/dashboard/schema.ts';
import type { ReplayAnswer, ReplayPageAnswer } from '../../../http/replays/schema.ts';
import { getJson } from '../../data/api.ts';
import { type Resource, useJson, useResource } from '../../data/resource.ts';
import { withQuery, withSegments } from '../../data/urls.ts';
import { type LivePerformance, replayToOpen } from './run.ts';

const REFRESH_MS = 60_000;
/** Of the list of replays. */
const REPLAYS = '20';

interface Asked {
  readonly accountId: string;
  readonly packageId: string | undefined;
  readonly symbol: string;
  /** The replay in the address. */
  readonly replayId: string | undefined;
  /** Whether the address asks for the live account. */
  readonly isLive: boolean;
}

/** What the desk of an account is made of. */
export interface DeskAnswers {
  readonly dashboard: Resource<DashboardAnswer>;
  readonly replays: Resource<ReplayPageAnswer>;
  /** null where the address names none. */
  readonly replay: Resource<ReplayAnswer | null>;
  /** Of the live account; null while a replay is shown. */
  readonly performance: Resource<LivePerformance | null>;
  /** The replay that the desk opens on. */
  readonly preferred: ReplayAnswer | undefined;
}

export function useDeskAnswers({ accountId, packageId, symbol, replayId, isLive }: Asked): DeskAnswers {
  const isOwn = ({ data }: { readonly data: Readonly<Record<string, unknown>> }) =>
    data.model_id === accountId;
  const dashboard = useJson<DashboardAnswer>(withSegments('/paper/dashboard', accountId), {
    reloadOn: ['decision', 'position', 'equity', 'account', 'package', 'market'],
    isRelevant: (event) => isOwn(event) || event.data.id === packageId || event.data.symbol === symbol,
    everyMs: REFRESH_MS,
  });
  const replays = useResource<ReplayPageAnswer>(
    async (signal) =>
      packageId === undefined
        ? { items: [], next_cursor: null }
        : getJson(withQuery('/paper/replays', { model_id: packageId, limit: REPLAYS }), { signal }),
    [packageId],
    // Progress is of no interest here.
    { reloadOn: ['replay'], isRelevant: ({ data }) => data.state !== 'RUNNING' },
  );
  const replay = useResource<ReplayAnswer | null>(
    async (signal) =>
      replayId === undefined ? null : getJson(withSegments('/paper/replays', replayId), { signal }),
    [replayId],
    {
      reloadOn: ['replay'],
      isRelevant: ({ data }) => data.id === replayId || data.counterfactual_of === replayId,
    },
  );
  const performance = useResource<LivePerformance | null>(
    async (signal) =>
      isLive ? getJson(withSegments('/paper/account', accountId, 'performance'), { signal }) : null,
    [accountId, isLive],
    { reloadOn: ['position', 'equity', 'account'], isRelevant: isOwn },
  );
  const live = dashboard.data.value?.performance;
  const preferred = live && replayToOpen(live, replays.data.value?.items ?? []);
  return { dashboard, replays, replay, performance, preferred };
}
