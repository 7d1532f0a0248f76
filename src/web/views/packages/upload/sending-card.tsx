import { Button } from '../../../components/button.tsx';
import { bytes, percent } from '../../../format/numbers.ts';
import { duration } from '../../../format/time.ts';
import { type Check, Checks } from './checks.tsx';
import { partsInOrder, sentShares, type UploadProgress } from './files.ts';
import { UPLOAD_PARTS } from './parts.ts';
import type { Upload } from './upload.ts';

interface SendingCardProps {
  readonly upload: Upload;
  readonly progress: UploadProgress;
}

/** An upload whose files are sent, then checked by the service. */
export function SendingCard({ upload, progress }: SendingCardProps) {
  const { sent, total } = progress;
  const isSent = sent >= total;
  return (
    <article class="upload-card" aria-label={`Upload of ${upload.name.value}`}>
      <header>
        <h2 class="user-text">{upload.name.value}</h2>
        <span class="muted small" role="status">
          {isSent ? `${bytes(total)} received. Validating the package.` : detailOf(progress)}
        </span>
      </header>
      <progress class="thin-progress" value={sent} max={total} aria-label="Uploading" />
      <Checks checks={checksOf(upload, progress)} />
      <div class="row upload-actions">
        <Button size="small" onClick={upload.cancel}>
          Cancel
        </Button>
      </div>
    </article>
  );
}

function checksOf(upload: Upload, progress: UploadProgress): readonly Check[] {
  const parts = partsInOrder(upload.files.value);
  const shares = sentShares(
    parts.map(([, { size }]) => size),
    progress,
  );
  const isSent = progress.sent >= progress.total;
  const files = parts.map(([part, file], position): Check => {
    const share = shares[position]!;
    const label = UPLOAD_PARTS.find(({ name }) => name === part)!.label;
    return {
      label: (
        <>
          <b>{label}</b> {file.name}
        </>
      ),
      // A file that has arrived is not yet found to be right.
      state: share > 0 && share < 1 ? 'running' : 'waiting',
      detail: share === 1 ? bytes(file.size) : share === 0 ? '' : percent(share * 100, 0),
    };
  });
  return [
    ...files,
    { label: 'Pair fits together', state: isSent ? 'running' : 'waiting' },
    ...(upload.files.value.proof === undefined
      ? []
      : [{ label: 'Computes what its proof says', state: 'waiting' } as const]),
    { label: 'Warm-up on real candles', state: 'waiting' },
  ];
}

/** The rate is estimated from this much time on. */
const MIN_ESTIMATE_MS = 1000;

function detailOf({ sent, total, startedAt }: UploadProgress): string {
  const amount = `${bytes(sent)} of ${bytes(total)}`;
  const passed = performance.now() - startedAt;
  if (passed < MIN_ESTIMATE_MS || sent === 0) return amount;
  const left = (passed / sent) * (total - sent);
  return `${amount}, ${duration(Math.max(1000, left))} left`;
}
