import { Button } from '../../components/button.tsx';
import { ErrorNotice } from '../../components/messages.tsx';
import { sendJson } from '../../data/api.ts';
import { withSegments } from '../../data/urls.ts';
import { useCommand } from '../../data/use-command.ts';

interface DeleteReplayProps {
  readonly id: string;
  readonly name: string;
  readonly onDeleted: () => void;
}

/** A button that deletes a finished replay. */
export function DeleteReplay({ id, name, onDeleted }: DeleteReplayProps) {
  const { isBusy, error, run } = useCommand();
  const remove = () =>
    run(
      async () => {
        await sendJson('DELETE', withSegments('/paper/replays', id));
        onDeleted();
      },
      {
        title: 'Delete this replay?',
        detail: `The results of ${name} are deleted permanently. The replay can be run again.`,
        action: 'Delete replay',
        isDanger: true,
      },
    );
  return (
    <>
      <Button
        size="small"
        kind="quiet"
        label={`Delete the replay ${name}`}
        isBusy={isBusy}
        onClick={() => void remove()}
      >
        Delete
      </Button>
      <ErrorNotice error={error} />
    </>
  );
}
