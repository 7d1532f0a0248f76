import type { ModelPackageAnswer } from '../../../http/packages/schema.ts';
import { Badge, type Tone } from '../../components/badge.tsx';

const TONES: Record<ModelPackageAnswer['status'], Tone> = {
  UPLOADED: 'info',
  READY: 'good',
  ARCHIVED: 'plain',
};
const WORDS: Record<ModelPackageAnswer['status'], string> = {
  UPLOADED: 'Uploaded',
  READY: 'Ready',
  ARCHIVED: 'Archived',
};

/** Whether a package is in use, in a word. */
export function PackageStatus({ status }: { readonly status: ModelPackageAnswer['status'] }) {
  return (
    <Badge tone={TONES[status]} detail={status}>
      {WORDS[status]}
    </Badge>
  );
}
