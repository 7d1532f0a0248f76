import type { ModelPackageAnswer } from '../../../http/packages/schema.ts';
import { Badge, type Tone } from '../../components/badge.tsx';
import { Spinner } from '../../components/waiting.tsx';

type WarmUp = ModelPackageAnswer['warmup_status'];

const TONES: Record<WarmUp, Tone> = { PENDING: 'plain', RUNNING: 'info', DONE: 'good', ERROR: 'bad' };
const WORDS: Record<WarmUp, string> = {
  PENDING: 'Waiting',
  RUNNING: 'Warming up',
  DONE: 'Done',
  ERROR: 'Failed',
};

/** How far a package's warm-up is, in a word; the service's own word on resting on it. */
export function WarmUpState({ status }: { readonly status: WarmUp }) {
  return (
    <Badge tone={TONES[status]} detail={status}>
      {status === 'RUNNING' && <Spinner />}
      {WORDS[status]}
    </Badge>
  );
}
