import './compare/compare.css';
import { useLocation, useRoute } from 'preact-iso/router';
import { Tabs } from '../components/tabs.tsx';
import { ViewHeader } from '../components/view-header.tsx';
import { compareAddress } from '../views.ts';
import { LiveComparison } from './compare/live-comparison.tsx';
import { ReplayComparison } from './compare/replay-comparison.tsx';

const TABS = [
  { id: 'live', label: 'Live paper' },
  { id: 'replays', label: 'Replays' },
];

/** Compares live accounts, or replays; never one with the other. */
export function Compare() {
  const { query, route } = useLocation();
  const selected = useRoute().params.tab === 'replays' ? 'replays' : 'live';
  return (
    <>
      <ViewHeader title="Compare" detail="Results of packages side by side." />
      <Tabs
        label="Compared accounts"
        tabs={TABS}
        selected={selected}
        onSelect={(id) => route(compareAddress(id === 'live' ? 'live' : 'replays', query))}
      >
        <div class="stack compare">{selected === 'live' ? <LiveComparison /> : <ReplayComparison />}</div>
      </Tabs>
    </>
  );
}
