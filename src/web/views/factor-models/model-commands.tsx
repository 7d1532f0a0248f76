import { useLocation } from 'preact-iso/router';
import { Button } from '../../components/button.tsx';
import { sendJson } from '../../data/api.ts';
import { toast } from '../../data/toasts.ts';
import { useCommand } from '../../data/use-command.ts';
import { factorModelsAddress } from '../../views.ts';
import { modelPath } from './model-path.ts';
import type { FactorModel } from './use-factor-models.ts';

/** The commands of a factor model; `error` is why the last one failed. */
export function useModelCommands({ model_name: name, root_path: path }: FactorModel) {
  const { query, route } = useLocation();
  const { isBusy, error, run } = useCommand();
  return {
    isBusy,
    error,
    scan: () =>
      run(async () => {
        await sendJson('POST', modelPath(name, 'refresh'));
        toast(`Scanned ${name}.`);
      }),
    unregister: () =>
      run(
        async () => {
          await sendJson('DELETE', modelPath(name));
          toast(`Unregistered ${name}.`);
          route(factorModelsAddress(query));
        },
        {
          title: `Unregister ${name}?`,
          detail: `The directory is no longer read, and requests for its models are refused. The files in ${path} are not changed. It can be registered again at any time.`,
          action: 'Unregister',
          isDanger: true,
        },
      ),
  };
}

interface ModelButtonsProps {
  readonly commands: ReturnType<typeof useModelCommands>;
}

export function ModelButtons({ commands: { isBusy, scan, unregister } }: ModelButtonsProps) {
  return (
    <>
      <Button onClick={scan} isBusy={isBusy}>
        Scan now
      </Button>
      <Button onClick={unregister} disabled={isBusy}>
        Unregister
      </Button>
    </>
  );
}
