import { useState } from 'preact/hooks';
import { type ApiError, toApiError } from './api-error.ts';
import { type Confirmation, confirmAction } from './confirmation.ts';

export interface Command {
  readonly isBusy: boolean;
  /** Why the last run failed. */
  readonly error: ApiError | undefined;
  /** Runs an action unless one is running already; with a confirmation, only if the user confirms it. */
  run(action: () => Promise<void>, confirmation?: Confirmation): Promise<void>;
}

/** Runs one action at a time and stores its error. */
export function useCommand(): Command {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  return {
    isBusy,
    error,
    async run(action, confirmation) {
      if (isBusy) return;
      if (confirmation !== undefined && !(await confirmAction(confirmation))) return;
      setBusy(true);
      setError(undefined);
      try {
        await action();
      } catch (reason) {
        setError(toApiError(reason));
      } finally {
        setBusy(false);
      }
    },
  };
}
