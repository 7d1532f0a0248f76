import { useState } from 'preact/hooks';
import type { DashboardAnswer } from '../../../http/dashboard/schema.ts';
import type { PackageDriftAnswer } from '../../../http/packages/drift-schema.ts';
import type { WholePositionAnswer } from '../../../http/positions/schema.ts';
import type { ReplayAnswer } from '../../../http/replays/schema.ts';
import { Skeleton } from '../../components/loading.tsx';
import { getJson } from '../../data/api.ts';
import { useLivePrice } from '../../data/live-price.ts';
import { type Resource, useResource } from '../../data/resource.ts';
import { withSegments } from '../../data/urls.ts';
import { useQuery } from '../../data/use-query.ts';
import { Dock } from './dock/dock.tsx';
import { WHOLE_LIST } from './dock/record-view.ts';
import { Evidence } from './evidence/evidence.tsx';
import { Now } from './now/now.tsx';
import type { Run } from './run.ts';
import { RunChart } from './run-chart.tsx';
import { Sheet } from './sheet.tsx';
import { Strip } from './strip/strip.tsx';
import { useChosenForecast } from './use-chosen-forecast.ts';
import { useTrail } from './use-trail.ts';
import { Notices } from './verdict/notices.tsx';
import { RunSwitch } from './verdict/run-switch.tsx';
import { Verdict } from './verdict/verdict.tsx';

interface RunDeskProps {
  readonly run: Run;
  /** Of the live account of the package: what it decides now. */
  readonly dashboard: Resource<DashboardAnswer>;
  readonly liveRecords: Run['records'];
  readonly replays: readonly ReplayAnswer[];
  readonly preferred: ReplayAnswer | undefined;
  /** undefined for the live account. */
  readonly onShow: (replayId: string | undefined) => void;
}

/** One run on the sheet. */
export function RunDesk({ run, dashboard, liveRecords, replays, preferred, onShow }: RunDeskProps) {
  const isLive = run.replay === undefined;
  const { query, change } = useQuery();
  const [position, setPosition] = useState<WholePositionAnswer>();
  const [sought, setSought] = useState<string>();
  const showPosition = (shown: WholePositionAnswer | undefined) => {
    setPosition(shown);
    setSought(undefined);
    change({ position: shown?.id });
  };
  /** What was chosen may be hidden by now. */
  const forgetChoice = () => {
    showPosition(undefined);
    change({ ...WHOLE_LIST, candle: undefined, position: undefined });
  };
  const chosen = useChosenForecast(run, query.candle);
  const livePrice = useLivePrice(run.symbol);
  const trail = useTrail(liveRecords, run.pipeline.decisionMs);
  const drift = useDrift(run.packageId);
  const account = isLive ? dashboard.data.value?.account : undefined;
  return (
    <Sheet
      notices={<Notices run={run} account={account} drift={drift} />}
      verdict={
        <Verdict run={run}>
          <RunSwitch {...{ replays, preferred, onShow }} shown={run.replay} />
        </Verdict>
      }
      now={<Now dashboard={dashboard} trail={trail} packageId={run.packageId} />}
      strip={
        run.performance !== undefined ? (
          <Strip run={run} performance={run.performance} />
        ) : (
          isLive && <Skeleton lines={2} />
        )
      }
      chart={<RunChart {...{ run, dashboard, livePrice, chosen, position }} onSought={setSought} />}
      dock={
        <Dock
          {...{ run, dashboard, chosen, sought }}
          price={livePrice.value?.price}
          onPosition={showPosition}
          onReset={forgetChoice}
        />
      }
      evidence={<Evidence run={run} drift={drift} />}
    />
  );
}

function useDrift(packageId: string | undefined): PackageDriftAnswer | undefined {
  const drift = useResource(
    async (signal) =>
      packageId === undefined
        ? undefined
        : getJson<PackageDriftAnswer>(withSegments('/model-packages', packageId, 'drift'), { signal }),
    [packageId],
    { reloadOn: ['package'], isRelevant: ({ data }) => data.id === packageId },
  );
  return drift.data.value;
}
