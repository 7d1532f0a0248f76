import { useState } from 'preact/hooks';
import { sendJson } from '../../../data/api.ts';
import { packages } from '../../../data/packages.ts';
import { setAutoTrade } from '../../../data/set-auto-trade.ts';
import { withSegments } from '../../../data/urls.ts';
import { useCommand } from '../../../data/use-command.ts';
import type { PackageRow } from './package-rows.ts';

/** The one thing to do with a package from a list. */
export interface RowAction {
  readonly label: 'Start' | 'Stop' | 'Restore' | 'Warm up again';
  run(): Promise<void>;
}

/** What can be done with a package; undefined while it warms up, and where only its desk helps. */
export function actionOf({ one, state }: PackageRow): RowAction | undefined {
  const post = async (command: string) => {
    await sendJson('POST', withSegments('/model-packages', one.id, command));
  };
  if (one.status === 'ARCHIVED') return { label: 'Restore', run: () => post('restore') };
  if (one.auto_trade) return { label: 'Stop', run: () => setAutoTrade(one, false) };
  if (one.warmup_status === 'ERROR') return { label: 'Warm up again', run: () => post('warmup') };
  const canStart = one.warmup_status === 'DONE' && state.kind !== 'killed';
  return canStart ? { label: 'Start', run: () => setAutoTrade(one, true) } : undefined;
}

/** Runs the actions of rows, one at a time; `onDone` reloads what else they change than the packages. */
export function useRowActions(onDone: () => void) {
  const command = useCommand();
  const [busyId, setBusyId] = useState<string>();
  return {
    error: command.error,
    /** Id of the package whose action runs. */
    busyId: command.isBusy ? busyId : undefined,
    run(id: string, action: RowAction): void {
      setBusyId(id);
      void command.run(async () => {
        await action.run();
        packages.reload();
        onDone();
      });
    },
  };
}
