import type { EventKind } from '../../../events/event-hub.ts';
import type { ResourceOptions } from '../../data/resource.ts';
import type { ComparedAccount } from './compared-account.ts';
import { CurvePanel } from './curve-panel.tsx';
import type { Figure } from './figures.ts';
import { Headline, Lead, usePairs } from './lead.tsx';
import { Luck } from './luck.tsx';
import { NextSteps } from './next-steps.tsx';
import { SideBySide } from './side-by-side.tsx';

interface ComparisonProps {
  readonly kind: 'models' | 'replays';
  readonly chosen: readonly ComparedAccount[];
  readonly pairsOptions: ResourceOptions;
  readonly reloadCurvesOn: readonly EventKind[];
  /** Lines of results that only these have. */
  readonly moreFigures?: readonly Figure[];
}

/** The chosen ones: what may be concluded, their curves, and their results side by side. */
export function Comparison({ kind, chosen, pairsOptions, reloadCurvesOn, moreFigures }: ComparisonProps) {
  const [first, second] = chosen;
  if (first === undefined) return null;
  return (
    <>
      {second === undefined ? (
        <Headline>{`Nothing to compare ${first.name} with yet.`}</Headline>
      ) : (
        <PairsLead {...{ kind, chosen, pairsOptions }} />
      )}
      <div class="compared">
        <div class="stack">
          <CurvePanel chosen={chosen} reloadOn={reloadCurvesOn} />
          <div class="columns">
            <Luck chosen={chosen} />
            <NextSteps chosen={chosen} />
          </div>
        </div>
        <SideBySide chosen={chosen} {...(moreFigures === undefined ? {} : { more: moreFigures })} />
      </div>
    </>
  );
}

function PairsLead({
  kind,
  chosen,
  pairsOptions,
}: Pick<ComparisonProps, 'kind' | 'chosen' | 'pairsOptions'>) {
  const pairs = usePairs(kind, chosen, pairsOptions);
  return <Lead pairs={pairs} chosen={chosen} isWaitingEnough={kind === 'models'} />;
}
