import { useLocation } from 'preact-iso/router';
import { Panel } from '../../components/panel.tsx';
import { newReplaysAddress, packageDiffAddress } from '../../views.ts';
import type { ComparedAccount } from './compared-account.ts';

const LONGER_DAYS = 90;

/** What tells more: how the packages themselves differ, and a longer range. */
export function NextSteps({ chosen }: { readonly chosen: readonly ComparedAccount[] }) {
  const { query } = useLocation();
  const ids = [...new Set(chosen.flatMap(({ model_package_id: id }) => id ?? []))];
  const [first, second] = ids;
  if (first === undefined) return null;
  return (
    <Panel title="To tell more">
      <p>
        <a class="button button-small" href={newReplaysAddress(ids, LONGER_DAYS, query)}>
          {ids.length === 1 ? 'Replay it' : ids.length === 2 ? 'Replay both' : `Replay all ${ids.length}`}{' '}
          over {LONGER_DAYS} days
        </a>{' '}
        <span class="muted">Four times as many days show a difference half as large.</span>
      </p>
      {second !== undefined && (
        <p>
          <a class="button button-small" href={packageDiffAddress(first, second, query)}>
            What differs in the packages
          </a>
        </p>
      )}
    </Panel>
  );
}
