import { Button } from '../../components/button.tsx';
import { ProgressBar, Spinner } from '../../components/loading.tsx';
import { bytes } from '../../format/numbers.ts';
import { duration } from '../../format/time.ts';
import { cancelUpload, type UploadProgress } from './upload.ts';

/** The rate is estimated from this much time on. */
const MIN_ESTIMATE_MS = 1000;

/** The progress of an upload, then of the validation of its files. */
export function UploadProgressBar({ progress }: { readonly progress: UploadProgress }) {
  const { sent, total } = progress;
  return (
    <div class="upload-progress">
      {sent >= total ? (
        <p role="status">
          <Spinner /> {bytes(total)} received. Validating the package.
        </p>
      ) : (
        <ProgressBar label="Uploading" value={sent} max={total} detail={detailOf(progress)} />
      )}
      <Button onClick={cancelUpload}>Cancel</Button>
    </div>
  );
}

function detailOf({ sent, total, startedAt }: UploadProgress): string {
  const amount = `${bytes(sent)} of ${bytes(total)}`;
  const passed = performance.now() - startedAt;
  if (passed < MIN_ESTIMATE_MS || sent === 0) return amount;
  const left = (passed / sent) * (total - sent);
  return `${amount} · ${bytes((sent / passed) * 1000)}/s · ${duration(Math.max(1000, left))} left`;
}
