import { useLocation } from 'preact-iso/router';
import type { ModelPackageAnswer } from '../../../http/packages/schema.ts';
import { Button } from '../../components/button.tsx';
import { sendJson } from '../../data/api.ts';
import type { ApiError } from '../../data/api-error.ts';
import { confirmAction } from '../../data/confirmation.ts';
import { packages } from '../../data/packages.ts';
import { addressOf } from '../../data/selected-package.ts';
import { toast } from '../../data/toasts.ts';
import { useSubmit } from '../../data/use-submit.ts';
import { bytes } from '../../format/numbers.ts';

/** What can be done with a package; `error` is what the service refused last. */
export interface PackageCommands {
  readonly isBusy: boolean;
  readonly error: ApiError | undefined;
  warmUp(): Promise<void>;
  archive(): Promise<void>;
  restore(): Promise<void>;
  remove(): Promise<void>;
}

export function usePackageActions({ id, name, files }: ModelPackageAnswer): PackageCommands {
  const { route } = useLocation();
  const { isBusy, error, run } = useSubmit();
  const post = (command: string) =>
    run(async () => {
      await sendJson('POST', `/model-packages/${encodeURIComponent(id)}/${command}`);
      packages.reload();
    });
  return {
    isBusy,
    error,
    warmUp: () => post('warmup'),
    restore: () => post('restore'),

    async archive() {
      const agreed = await confirmAction({
        title: `Archive ${name}?`,
        detail:
          'Its account decides nothing any more; open lots still run to their exits. It can be restored at any time.',
        action: 'Archive',
      });
      if (agreed) await post('archive');
    },

    async remove() {
      const size = files.reduce((sum, file) => sum + file.size, 0);
      const agreed = await confirmAction({
        title: `Delete ${name}?`,
        detail: `${files.length} files with ${bytes(size)} are removed for good. Its account and its history stay readable.`,
        action: 'Delete for good',
        isDanger: true,
        typed: id,
      });
      if (!agreed) return;
      await run(async () => {
        await sendJson('DELETE', `/model-packages/${encodeURIComponent(id)}`);
        toast(`${name} is deleted.`);
        packages.reload();
        route('/packages');
      });
    },
  };
}

interface PackageActionsProps {
  readonly one: ModelPackageAnswer;
  readonly actions: PackageCommands;
}

/** The buttons for it. */
export function PackageActions({ one, actions }: PackageActionsProps) {
  const { isBusy } = actions;
  const isWarming = one.warmup_status === 'RUNNING' || one.warmup_status === 'PENDING';
  return (
    <>
      <a class="button button-primary" href={addressOf('/', { model: one.id })}>
        Open desk
      </a>
      {one.status === 'ARCHIVED' ? (
        <>
          <Button onClick={() => void actions.restore()} isBusy={isBusy}>
            Restore
          </Button>
          <Button kind="danger" onClick={() => void actions.remove()} isBusy={isBusy}>
            Delete
          </Button>
        </>
      ) : (
        <>
          <Button onClick={() => void actions.warmUp()} isBusy={isBusy} disabled={isWarming}>
            Warm up again
          </Button>
          <Button onClick={() => void actions.archive()} isBusy={isBusy}>
            Archive
          </Button>
        </>
      )}
    </>
  );
}
