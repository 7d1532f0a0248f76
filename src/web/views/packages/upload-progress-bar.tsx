import { Button } from '../../components/button.tsx';
import { Progress, Spinner } from '../../components/waiting.tsx';
import { bytes } from '../../format/numbers.ts';
import { duration } from '../../format/time.ts';
import { cancel, type UploadProgress } from './upload.ts';

/** A rate over less time than this says nothing. */
const LEAST_MS = 1000;

/** How far an upload is; then that its files are being checked. */
export function UploadProgressBar({ progress }: { readonly progress: UploadProgress }) {
  const { sent, total } = progress;
  const isChecking = sent >= total;
  return (
    <div class="upload-progress">
      {isChecking ? (
        <p role="status">
          <Spinner /> All {bytes(total)} have arrived; the pair is being checked.
        </p>
      ) : (
        <Progress label="Sending" value={sent} max={total} detail={detailOf(progress)} />
      )}
      <Button onClick={cancel}>Cancel</Button>
    </div>
  );
}

function detailOf({ sent, total, startedAt }: UploadProgress): string {
  const amount = `${bytes(sent)} of ${bytes(total)}`;
  const passed = performance.now() - startedAt;
  if (passed < LEAST_MS || sent === 0) return amount;
  const left = (passed / sent) * (total - sent);
  return `${amount} · ${bytes((sent / passed) * 1000)}/s · ${duration(Math.max(1000, left))} left`;
}
