import './system/system.css';
import { Loaded } from '../components/loaded.tsx';
import { Panel } from '../components/panel.tsx';
import { ViewHead } from '../components/view-head.tsx';
import { useResource } from '../data/resource.ts';
import { loadSystem } from '../data/system.ts';
import { AccountLoops } from './system/account-loops.tsx';
import { AlertLog } from './system/alert-log.tsx';
import { Inference } from './system/inference.tsx';
import { Market } from './system/market.tsx';
import { PartStates } from './system/part-states.tsx';
import { Process } from './system/process.tsx';
import { RecentErrors } from './system/recent-errors.tsx';
import { WarmUps } from './system/warm-ups.tsx';

/** Ages and rates change without an event. */
const EVERY_MS = 10_000;

/** Whether everything works: market, exchange, loops, models, alerts and errors. */
export function System() {
  const system = useResource(loadSystem, [], {
    reloadOn: ['package', 'decision', 'market'],
    everyMs: EVERY_MS,
  });
  return (
    <>
      <ViewHead title="System" detail="Whether all parts do their work." />
      <Panel title="Parts" flush>
        <Loaded of={system} lines={4}>
          {({ parts }) => <PartStates parts={parts} />}
        </Loaded>
      </Panel>
      <Market />
      <div class="columns">
        <Panel title="Accounts and their loops" flush>
          <Loaded of={system} lines={4}>
            {({ accounts }) => <AccountLoops accounts={accounts} />}
          </Loaded>
        </Panel>
        <WarmUps />
      </div>
      <RecentErrors />
      <AlertLog />
      <div class="columns">
        <Panel title="Models in memory" flush>
          <Loaded of={system} lines={4}>
            {({ inference }) => <Inference inference={inference} />}
          </Loaded>
        </Panel>
        <Panel title="Process">
          <Loaded of={system} lines={6}>
            {(answer) => <Process system={answer} />}
          </Loaded>
        </Panel>
      </div>
    </>
  );
}
