import './compare/compare.css';
import { useLocation, useRoute } from 'preact-iso/router';
import { Tabs } from '../components/tabs.tsx';
import { ViewHead } from '../components/view-head.tsx';
import { addressOf } from '../data/selected-package.ts';
import { LiveComparison } from './compare/live-comparison.tsx';
import { ReplayComparison } from './compare/replay-comparison.tsx';

const TABS = [
  { id: 'live', label: 'Live paper' },
  { id: 'replays', label: 'Replays' },
];

/** Packages side by side: what they do live, or what they would have done. The two are never shown together. */
export function Compare() {
  const { query, route } = useLocation();
  const selected = useRoute().params.id === 'replays' ? 'replays' : 'live';
  return (
    <>
      <ViewHead title="Compare" detail="Which package is worth anything." />
      <Tabs
        label="What is compared"
        tabs={TABS}
        selected={selected}
        onSelect={(id) => route(addressOf(id === 'live' ? '/compare' : '/compare/replays', query))}
      >
        <div class="stack">{selected === 'live' ? <LiveComparison /> : <ReplayComparison />}</div>
      </Tabs>
    </>
  );
}
