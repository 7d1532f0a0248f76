import './system/system.css';
import { ResourcePanel } from '../components/panel.tsx';
import { ViewHeader } from '../components/view-header.tsx';
import { useSystem } from '../data/use-system.ts';
import { AccountLoops } from './system/account-loops.tsx';
import { AlertLog } from './system/alert-log.tsx';
import { systemHeadline } from './system/headline.ts';
import { Inference } from './system/inference.tsx';
import { Market } from './system/market.tsx';
import { Nodes } from './system/nodes.tsx';
import { Process } from './system/process.tsx';
import { Readiness } from './system/readiness.tsx';
import { RecentErrors } from './system/recent-errors.tsx';
import { WarmUps } from './system/warm-ups.tsx';

/** Ages and rates change without an event. */
const REFRESH_MS = 10_000;

/** The health of the service: market, exchange, loops, models, alerts and errors. */
export function System() {
  const system = useSystem({ reloadOn: ['package', 'decision', 'market'], everyMs: REFRESH_MS });
  const answer = system.data.value;
  return (
    <div class="stack lines">
      <ViewHeader title="System" headline={answer && systemHeadline(answer)} />
      <ResourcePanel title="Readiness" resource={system} lines={4} flush>
        {({ parts }) => <Readiness parts={parts} />}
      </ResourcePanel>
      <Nodes system={system} />
      <Market />
      <div class="columns">
        <ResourcePanel title="Accounts and their loops" resource={system} lines={4} flush>
          {({ accounts }) => <AccountLoops accounts={accounts} />}
        </ResourcePanel>
        <WarmUps />
      </div>
      <RecentErrors />
      <AlertLog />
      <div class="columns">
        <ResourcePanel title="Models in memory" resource={system} lines={4} flush>
          {({ inference, background_inference }) => (
            <>
              <Inference inference={inference} caption="Models for live decisions" />
              <Inference inference={background_inference} caption="Models for warm-ups, proofs and replays" />
            </>
          )}
        </ResourcePanel>
        <ResourcePanel title="Process" resource={system} lines={6}>
          {(answer) => <Process system={answer} />}
        </ResourcePanel>
      </div>
    </div>
  );
}
