import { Button } from '../../components/button.tsx';
import { ErrorNote } from '../../components/notes.tsx';
import { sendJson } from '../../data/api.ts';
import { confirmAction } from '../../data/confirmation.ts';
import { useSubmit } from '../../data/use-submit.ts';

interface RemoveReplayProps {
  readonly id: string;
  readonly name: string;
  readonly onRemoved: () => void;
}

/** Deletes a finished replay, after asking. */
export function RemoveReplay({ id, name, onRemoved }: RemoveReplayProps) {
  const { isBusy, error, run } = useSubmit();
  return (
    <>
      <Button
        size="small"
        kind="quiet"
        label={`Delete the replay ${name}`}
        isBusy={isBusy}
        onClick={() =>
          void run(async () => {
            const agreed = await confirmAction({
              title: 'Delete this replay?',
              detail: `What ${name} came to is removed for good; it can be replayed again.`,
              action: 'Delete replay',
              isDanger: true,
            });
            if (!agreed) return;
            await sendJson('DELETE', `/paper/replays/${encodeURIComponent(id)}`);
            onRemoved();
          })
        }
      >
        Delete
      </Button>
      {error !== undefined && <ErrorNote error={error} />}
    </>
  );
}
