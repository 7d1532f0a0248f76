import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { DashboardAnswer } from '../../../../http/dashboard/schema.ts';
import type { ModelPackageAnswer } from '../../../../http/packages/schema.ts';
import { Button } from '../../../components/button.tsx';
import { ErrorNotice, Notice } from '../../../components/messages.tsx';
import { now } from '../../../data/clock.ts';
import { packages } from '../../../data/packages.ts';
import { useJson } from '../../../data/resource.ts';
import { setAutoTrade } from '../../../data/set-auto-trade.ts';
import { startReplays } from '../../../data/start-replays.ts';
import { withSegments } from '../../../data/urls.ts';
import { useCommand } from '../../../data/use-command.ts';
import { daysUntil } from '../../../format/day-range.ts';
import { counted, fixed } from '../../../format/numbers.ts';
import { capitalized } from '../../../format/text.ts';
import { FIGURE_NEEDS } from '../../../service-rules.ts';
import { compareAddress, deskAddress, packageAddress } from '../../../views.ts';
import { proofText } from '../proof.ts';
import { type Check, Checks } from './checks.tsx';
import type { Upload } from './upload.ts';
import { dismiss } from './uploads.ts';

interface StoredCardProps {
  readonly upload: Upload;
  /** As it was stored; the list of packages has its present state. */
  readonly created: ModelPackageAnswer;
}

/** A package that was just uploaded: its warm-up, and what can be done with it afterwards. */
export function StoredCard({ upload, created }: StoredCardProps) {
  const { query } = useLocation();
  const one = packages.data.value?.find(({ id }) => id === created.id) ?? created;
  const isReady = one.warmup_status === 'DONE';
  return (
    <article
      class={isReady ? 'upload-card upload-card-done' : 'upload-card'}
      aria-label={`Upload of ${one.name}`}
    >
      <header>
        <h2>
          <a class="user-text" href={packageAddress(one.id, query)}>
            {one.name}
          </a>
        </h2>
        {one.version_of !== null && (
          <span class="badge user-text">{`version ${one.version} of ${one.version_of}`}</span>
        )}
      </header>
      <p class="upload-conclusion">{conclusionOf(one)}</p>
      <Checks checks={checksOf(one)} />
      {isReady && <FirstDecision modelId={one.paper_account_id} />}
      {one.warmup_error !== null && <Notice tone="bad">{one.warmup_error}</Notice>}
      {one.same_files_as !== null && (
        <p class="small">
          Same files as{' '}
          <a class="user-text" href={packageAddress(one.same_files_as, query)}>
            {one.same_files_as}
          </a>
          .
        </p>
      )}
      <Offers one={one} isReady={isReady} onDismiss={() => dismiss(upload)} />
    </article>
  );
}

/** What the package says about the newest candle. */
function FirstDecision({ modelId }: { readonly modelId: string }) {
  const dashboard = useJson<DashboardAnswer>(withSegments('/paper/dashboard', modelId));
  const answer = dashboard.data.value;
  return (
    <>
      <ErrorNotice error={dashboard.error.value} onRetry={dashboard.reload} />
      {answer !== undefined && <p class="small">{firstDecision(answer)}</p>}
    </>
  );
}

function firstDecision({ ml_signal, now: { direction, sentence } }: DashboardAnswer): string {
  return ml_signal === null || direction === null
    ? sentence
    : `First decision: ${ml_signal.signal.toLowerCase()}, direction ${fixed(direction)}.`;
}

function conclusionOf({ warmup_status, proof }: ModelPackageAnswer): string {
  const text = proofText(proof);
  if (proof !== null) return capitalized(text);
  if (warmup_status === 'DONE') return 'Ready to trade. It came without a proof.';
  return warmup_status === 'ERROR' ? 'Stored, but its warm-up failed.' : 'Stored. Its warm-up comes next.';
}

function checksOf({ files, proof, manifest, warmup_status: warmUp }: ModelPackageAnswer): readonly Check[] {
  const features = Array.isArray(manifest.feature_order) ? manifest.feature_order.length : undefined;
  const steps = Number(manifest.forecast_horizon_steps);
  const fit =
    features === undefined
      ? counted(steps, 'step')
      : `${counted(features, 'feature')}, ${counted(steps, 'step')}`;
  const states = { PENDING: 'waiting', RUNNING: 'running', DONE: 'passed', ERROR: 'failed' } as const;
  return [
    { label: 'Files are data only', state: 'passed', detail: counted(files.length, 'file') },
    { label: 'Pair fits together', state: 'passed', detail: fit },
    ...(proof === null
      ? []
      : [
          {
            label: 'Computes what its proof says',
            state: 'passed',
            detail: counted(proof.cases, 'window'),
          } as const,
        ]),
    { label: 'Warm-up: one decision on real candles', state: states[warmUp] },
  ];
}

interface OffersProps {
  readonly one: ModelPackageAnswer;
  readonly isReady: boolean;
  readonly onDismiss: () => void;
}

function Offers({ one, isReady, onDismiss }: OffersProps) {
  const { query } = useLocation();
  const { isBusy, error, run } = useCommand();
  const [hasReplay, setReplay] = useState(false);
  const start = () =>
    run(async () => {
      await setAutoTrade(one, true);
      packages.reload();
    });
  const replay = () =>
    run(async () => {
      await startReplays([one.id], daysUntil(now.peek(), FIGURE_NEEDS.days));
      setReplay(true);
    });
  return (
    <>
      <ErrorNotice error={error} />
      <div class="row upload-actions">
        {one.auto_trade ? (
          <span class="strong">The service trades it.</span>
        ) : (
          <Button
            size="small"
            kind="primary"
            disabled={!isReady}
            isBusy={isBusy}
            onClick={() => void start()}
          >
            Start paper trading
          </Button>
        )}
        {hasReplay ? (
          <a href={compareAddress('replays', query)}>Its replay runs</a>
        ) : (
          <Button size="small" disabled={!isReady} isBusy={isBusy} onClick={() => void replay()}>
            {`Replay the last ${FIGURE_NEEDS.days} days`}
          </Button>
        )}
        <a class="button button-small" href={deskAddress(one.id)}>
          Desk
        </a>
        <Button size="small" kind="quiet" label={`Dismiss ${one.name}`} onClick={onDismiss}>
          Dismiss
        </Button>
      </div>
    </>
  );
}
