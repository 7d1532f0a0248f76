import { useLocation } from 'preact-iso/router';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/messages.tsx';
import { Panel } from '../../components/panel.tsx';
import { packages } from '../../data/packages.ts';
import { FIGURE_NEEDS } from '../../service-rules.ts';
import { compareAddress, newReplaysAddress, VIEWS } from '../../views.ts';
import { ReplayForm } from './replay-form.tsx';

interface NewReplaysProps {
  readonly onStarted: () => void;
}

/** The form for new replays, where the address asks for it. */
export function NewReplays({ onStarted }: NewReplaysProps) {
  const { query, route } = useLocation();
  const ready = packages.data.value?.filter(
    ({ status, warmup_status }) => status !== 'ARCHIVED' && warmup_status === 'DONE',
  );
  const wanted = query.start;
  if (wanted === undefined || ready === undefined) return null;
  const { start: _, days, ...rest } = query;
  return (
    <Panel
      title="New replays"
      beside={<span class="muted">Past candles, traded by the rules of live accounts</span>}
      actions={<Button onClick={() => route(compareAddress('replays', rest))}>Close</Button>}
    >
      {ready.length === 0 ? (
        <EmptyState title="No package is warmed up." action={<a href={VIEWS.packages.path}>Packages</a>}>
          A package can be replayed once its warm-up is done.
        </EmptyState>
      ) : (
        <ReplayForm
          key={`${wanted} ${days}`}
          ready={ready}
          wanted={wanted.split(',')}
          days={Number(days) || FIGURE_NEEDS.days}
          onStarted={onStarted}
        />
      )}
    </Panel>
  );
}

/** Opens the form; `ids` are the packages to begin with. */
export function NewReplaysLink({ ids }: { readonly ids: readonly string[] }) {
  const { query } = useLocation();
  if (query.start !== undefined) return null;
  return (
    <a class="button button-primary" href={newReplaysAddress(ids, FIGURE_NEEDS.days, query)}>
      New replays
    </a>
  );
}
