import type { AccountAnswer } from '../../http/accounts/schema.ts';
import type { ModelPackageAnswer } from '../../http/packages/schema.ts';
import type { ReplayAnswer } from '../../http/replays/schema.ts';
import type { SystemAnswer } from '../../http/system/schema.ts';
import { Badge, type Tone } from './badge.tsx';
import { Spinner } from './loading.tsx';

/** Label and color of each state of the API. */
export type StateLabels<State extends string> = Readonly<Record<State, readonly [label: string, tone: Tone]>>;

export const PACKAGE_STATUS: StateLabels<ModelPackageAnswer['status']> = {
  UPLOADED: ['Uploaded', 'info'],
  READY: ['Ready', 'good'],
  ARCHIVED: ['Archived', 'plain'],
};

export const ACCOUNT_STATUS: StateLabels<AccountAnswer['status']> = {
  ACTIVE: ['Active', 'good'],
  PAUSED: ['Paused', 'warn'],
  KILLED: ['Killed', 'bad'],
};

export const LOOP_STATE: StateLabels<SystemAnswer['accounts'][number]['loop']> = {
  polling: ['Loop polling', 'good'],
  silent: ['Loop silent', 'bad'],
  service: ['Traded by the service', 'good'],
  none: ['No loop', 'plain'],
  starting: ['Polled', 'plain'],
};

export const REPLAY_STATE: StateLabels<ReplayAnswer['state']> = {
  QUEUED: ['Queued', 'plain'],
  RUNNING: ['Running', 'info'],
  DONE: ['Done', 'good'],
  CANCELLED: ['Canceled', 'warn'],
  FAILED: ['Failed', 'bad'],
};

const WARM_UP_STATUS: StateLabels<ModelPackageAnswer['warmup_status']> = {
  PENDING: ['Queued', 'plain'],
  RUNNING: ['Warming up', 'info'],
  DONE: ['Done', 'good'],
  ERROR: ['Failed', 'bad'],
};

interface StateBadgeProps<State extends string> {
  readonly labels: StateLabels<State>;
  readonly state: State;
  readonly isBusy?: boolean;
}

/** A state as a badge; its tooltip is the value of the API. */
export function StateBadge<State extends string>({ labels, state, isBusy = false }: StateBadgeProps<State>) {
  const [label, tone] = labels[state];
  return (
    <Badge tone={tone} detail={state}>
      {isBusy && <Spinner />}
      {label}
    </Badge>
  );
}

/** The state of a package's warm-up. */
export function WarmUpBadge({ status }: { readonly status: ModelPackageAnswer['warmup_status'] }) {
  return <StateBadge labels={WARM_UP_STATUS} state={status} isBusy={status === 'RUNNING'} />;
}
