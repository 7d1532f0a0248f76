import { useLocation } from 'preact-iso/router';
import { Button } from '../../components/button.tsx';
import { sendJson } from '../../data/api.ts';
import type { ApiError } from '../../data/api-error.ts';
import { toast } from '../../data/toasts.ts';
import { useCommand } from '../../data/use-command.ts';
import { factorModelsAddress } from '../../views.ts';
import { modelPath } from './model-path.ts';
import type { FactorModel } from './use-factor-models.ts';

/** The commands of a factor model. */
interface ModelCommands {
  readonly isBusy: boolean;
  /** Why the last command failed. */
  readonly error: ApiError | undefined;
  scan(): Promise<void>;
  unregister(): Promise<void>;
}

export function useModelCommands({ model_name: name, root_path: path }: FactorModel): ModelCommands {
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

export function ModelButtons({ commands }: { readonly commands: ModelCommands }) {
  return (
    <>
      <Button onClick={() => void commands.scan()} isBusy={commands.isBusy}>
        Scan now
      </Button>
      <Button onClick={() => void commands.unregister()} disabled={commands.isBusy}>
        Unregister
      </Button>
    </>
  );
}
