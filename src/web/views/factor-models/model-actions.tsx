import { useLocation } from 'preact-iso/router';
import { Button } from '../../components/button.tsx';
import { sendJson } from '../../data/api.ts';
import type { ApiError } from '../../data/api-error.ts';
import { confirmAction } from '../../data/confirmation.ts';
import { toast } from '../../data/toasts.ts';
import { useSubmit } from '../../data/use-submit.ts';
import { listAddress, modelRoute } from './addresses.ts';
import type { FactorModel } from './use-model.ts';

/** What can be done with a registration; `error` is what the service refused last. */
interface ModelCommands {
  readonly isBusy: boolean;
  readonly error: ApiError | undefined;
  refresh(): Promise<void>;
  remove(): Promise<void>;
}

export function useModelActions({ model_name: name, root_path: path }: FactorModel): ModelCommands {
  const { query, route } = useLocation();
  const { isBusy, error, run } = useSubmit();
  return {
    isBusy,
    error,

    refresh: () =>
      run(async () => {
        await sendJson('POST', modelRoute(name, 'refresh'));
        toast(`${name} is scanned.`);
      }),

    async remove() {
      const agreed = await confirmAction({
        title: `Unregister ${name}?`,
        detail: `It is not read any more, and programs that ask for it are refused. The files in ${path} are never touched; it can be registered again at any time.`,
        action: 'Unregister',
        isDanger: true,
      });
      if (!agreed) return;
      await run(async () => {
        await sendJson('DELETE', modelRoute(name));
        toast(`${name} is not registered any more.`);
        route(listAddress(query));
      });
    },
  };
}

/** The buttons for it. */
export function ModelActions({ actions }: { readonly actions: ModelCommands }) {
  return (
    <>
      <Button onClick={() => void actions.refresh()} isBusy={actions.isBusy}>
        Refresh
      </Button>
      <Button onClick={() => void actions.remove()} disabled={actions.isBusy}>
        Unregister
      </Button>
    </>
  );
}
