import './compare/compare.css';
import { useLocation, useRoute } from 'preact-iso/router';
import { SegmentedControl } from '../components/segmented-control.tsx';
import { compareAddress } from '../views.ts';
import { LiveComparison } from './compare/live-comparison.tsx';
import { ReplayComparison } from './compare/replay-comparison.tsx';

const KINDS = [
  { id: 'live', label: 'Live accounts' },
  { id: 'replays', label: 'Replays' },
] as const;

/** Compares live accounts, or replays; never one with the other. */
export function Compare() {
  const { query, route } = useLocation();
  const selected = useRoute().params.tab === 'replays' ? 'replays' : 'live';
  return (
    <div class="stack compare">
      <div>
        <SegmentedControl
          label="Compared"
          options={KINDS}
          selected={selected}
          onSelect={(id) => route(compareAddress(id, { model: query.model }))}
        />
      </div>
      {selected === 'live' ? <LiveComparison /> : <ReplayComparison />}
    </div>
  );
}
