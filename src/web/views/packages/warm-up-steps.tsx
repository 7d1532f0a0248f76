import type { ComponentChildren } from 'preact';
import type { ModelPackageAnswer } from '../../../http/packages/schema.ts';
import { Spinner } from '../../components/loading.tsx';

type StepState = 'done' | 'active' | 'failed' | 'pending';

const SIGNS: Record<StepState, string> = { done: '✓', active: '', failed: '✕', pending: '' };
const LABELS: Record<StepState, string> = {
  done: 'done',
  active: 'in progress',
  failed: 'failed',
  pending: 'not started',
};

const DECISION_STEP: Record<ModelPackageAnswer['warmup_status'], StepState> = {
  PENDING: 'pending',
  RUNNING: 'active',
  DONE: 'done',
  ERROR: 'failed',
};

/** The steps from an upload to the first decision (packages.md#22). */
export function WarmUpSteps({ one }: { readonly one: ModelPackageAnswer }) {
  const { status, warmup_status: warmUp, warmup_error: error, weights } = one;
  const isArchived = status === 'ARCHIVED' && warmUp === 'PENDING';
  const queueStep = warmUp !== 'PENDING' ? 'done' : isArchived ? 'pending' : 'active';
  return (
    <ol class="steps">
      <Step state="done" title="Files validated">
        They fit together and contain only data.
      </Step>
      <Step state={queueStep} title="Queued">
        {isArchived
          ? 'Archived before its warm-up. Restore the package to continue.'
          : 'Packages are warmed up one after another.'}
      </Step>
      <Step state={DECISION_STEP[warmUp]} title="One full decision on real candles">
        {error === null ? (
          'Market data, forecast and policy, as in live decisions.'
        ) : (
          <span class="user-text">{error}</span>
        )}
      </Step>
      {weights.trial !== null && (
        <Step state={weights.used === 'int8' ? 'done' : 'failed'} title="Trial of 8-bit weights">
          {weights.trial.reason ?? 'Exact enough; decisions use them.'}
        </Step>
      )}
    </ol>
  );
}

interface StepProps {
  readonly state: StepState;
  readonly title: string;
  readonly children: ComponentChildren;
}

function Step({ state, title, children }: StepProps) {
  return (
    <li class={`step step-${state}`} aria-current={state === 'active' ? 'step' : undefined}>
      <span class="step-mark" aria-hidden="true">
        {state === 'active' ? <Spinner /> : SIGNS[state]}
      </span>
      <div>
        <b>{title}</b> <span class="visually-hidden">{LABELS[state]}</span>
        <p class="muted">{children}</p>
      </div>
    </li>
  );
}
