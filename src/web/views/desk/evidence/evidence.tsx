import type { AttributionAnswer } from '../../../../http/attribution/schema.ts';
import type { PackageDriftAnswer } from '../../../../http/packages/drift-schema.ts';
import { ErrorNotice } from '../../../components/messages.tsx';
import { useJson } from '../../../data/resource.ts';
import type { Run } from '../run.ts';
import { CounterfactualCard } from './counterfactual-card.tsx';
import { DriftCard } from './drift-card.tsx';
import { ExcursionCard } from './excursion-card.tsx';
import { CalibrationCard, SkillCard } from './forecast-cards.tsx';
import { LookAheadCard } from './look-ahead-card.tsx';
import { ConfidenceCard, ExitCard, HourCard, OriginCard } from './origin-cards.tsx';
import { OutcomesCard } from './outcomes-card.tsx';
import { HistogramCard, PeriodCard } from './period-card.tsx';
import { RatiosCard } from './ratios-card.tsx';

interface EvidenceProps {
  readonly run: Run;
  /** undefined while it is loading, and without a package. */
  readonly drift: PackageDriftAnswer | undefined;
}

/** Where the result comes from, whether the forecasts are honest, and whether something simpler would do. */
export function Evidence({ run, drift }: EvidenceProps) {
  const { records, performance, quality, replay } = run;
  const attribution = useJson<AttributionAnswer>(
    records.attribution,
    records.reloadOptions('position', 'equity'),
  );
  const answer = attribution.data.value;
  const origin = answer !== undefined && answer.total.lots > 0 ? answer : undefined;
  return (
    <section class="evidence" aria-labelledby="evidence-title">
      <h2 id="evidence-title">Where the result comes from</h2>
      <ErrorNotice error={attribution.error.value} onRetry={attribution.reload} />
      {answer?.total.lots === 0 && (
        <p class="evidence-none">No lot yet: the result is divided into its parts once one is opened.</p>
      )}
      {origin !== undefined && (
        <>
          <OriginCard origin={origin} />
          <ExitCard origin={origin} />
        </>
      )}
      {performance !== undefined && <Results performance={performance} />}
      {quality != null && quality.forecasts > 0 && (
        <>
          <CalibrationCard quality={quality} />
          <SkillCard quality={quality} />
        </>
      )}
      {origin !== undefined && (
        <>
          <ConfidenceCard origin={origin} />
          <HourCard origin={origin} />
          <ExcursionCard excursions={origin.excursions} />
        </>
      )}
      {performance !== undefined && <RatiosCard performance={performance} />}
      {replay?.result != null && <ReplayCards replay={replay} result={replay.result} />}
      {drift !== undefined && <DriftCard drift={drift} />}
    </section>
  );
}

function Results({ performance }: { readonly performance: NonNullable<Run['performance']> }) {
  return (
    <>
      {performance.pnl_by_day.length > 1 && <PeriodCard performance={performance} />}
      {performance.histogram !== null && <HistogramCard histogram={performance.histogram} />}
    </>
  );
}

interface ReplayCardsProps {
  readonly replay: NonNullable<Run['replay']>;
  readonly result: NonNullable<NonNullable<Run['replay']>['result']>;
}

function ReplayCards({ replay, result }: ReplayCardsProps) {
  return (
    <>
      {replay.counterfactual === null && (
        <CounterfactualCard replayId={replay.id} counterfactuals={replay.counterfactuals} />
      )}
      <OutcomesCard reasons={result.reasons} />
      {result.look_ahead !== null && <LookAheadCard lookAhead={result.look_ahead} />}
    </>
  );
}
