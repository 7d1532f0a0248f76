import type { ModelPackageAnswer } from '../../../http/packages/schema.ts';
import { Spinner } from '../../components/waiting.tsx';

type StepState = 'done' | 'now' | 'failed' | 'ahead';

const SIGNS: Record<StepState, string> = { done: '✓', now: '', failed: '✕', ahead: '' };
const WORDS: Record<StepState, string> = {
  done: 'done',
  now: 'under way',
  failed: 'failed',
  ahead: 'not yet',
};

/** What happens between an upload and the first decision, and how far it is. */
export function WarmUpSteps({ one }: { readonly one: ModelPackageAnswer }) {
  const { warmup_status: status, warmup_error: error, weights } = one;
  const decided: StepState =
    status === 'DONE' ? 'done' : status === 'ERROR' ? 'failed' : status === 'RUNNING' ? 'now' : 'ahead';
  const waited: StepState = status === 'PENDING' ? (one.status === 'ARCHIVED' ? 'ahead' : 'now') : 'done';
  return (
    <ol class="steps">
      <Step state="done" title="Files checked">
        Both fit together and hold nothing but data.
      </Step>
      <Step state={waited} title="Its turn">
        {one.status === 'ARCHIVED' && status === 'PENDING'
          ? 'Archived before its warm-up; restore it to go on.'
          : 'Packages are warmed up one after the other.'}
      </Step>
      <Step state={decided} title="One full decision on real candles">
        {error === null ? (
          'Market data, forecast and policy, as they will be used.'
        ) : (
          <span class="foreign">{error}</span>
        )}
      </Step>
      {weights.trial !== null && (
        <Step state={weights.used === 'int8' ? 'done' : 'failed'} title="8-bit weights tried">
          {weights.trial.reason ?? 'Exact enough; decisions use them.'}
        </Step>
      )}
    </ol>
  );
}

interface StepProps {
  readonly state: StepState;
  readonly title: string;
  readonly children: preact.ComponentChildren;
}

function Step({ state, title, children }: StepProps) {
  return (
    <li class={`step step-${state}`} aria-current={state === 'now' ? 'step' : undefined}>
      <span class="step-mark" aria-hidden="true">
        {state === 'now' ? <Spinner /> : SIGNS[state]}
      </span>
      <div>
        <b>{title}</b> <span class="visually-hidden">{WORDS[state]}</span>
        <p class="soft">{children}</p>
      </div>
    </li>
  );
}
