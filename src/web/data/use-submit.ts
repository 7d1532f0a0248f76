import { useState } from 'preact/hooks';
import { type ApiError, apiErrorOf } from './api-error.ts';

/** Runs a command once at a time and keeps what the service refused. */
export function useSubmit(): {
  readonly isBusy: boolean;
  readonly error: ApiError | undefined;
  run(command: () => Promise<void>): Promise<void>;
} {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  return {
    isBusy,
    error,
    async run(command) {
      if (isBusy) return;
      setBusy(true);
      setError(undefined);
      try {
        await command();
      } catch (reason) {
        setError(apiErrorOf(reason));
      } finally {
        setBusy(false);
      }
    },
  };
}
