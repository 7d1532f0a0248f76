import { useLocation } from 'preact-iso/router';
import type { ModelPackageAnswer } from '../../../http/packages/schema.ts';
import { Button } from '../../components/button.tsx';
import { sendJson } from '../../data/api.ts';
import type { Confirmation } from '../../data/confirmation.ts';
import { packages } from '../../data/packages.ts';
import { setAutoTrade } from '../../data/set-auto-trade.ts';
import { toast } from '../../data/toasts.ts';
import { withQuery, withSegments } from '../../data/urls.ts';
import { useCommand } from '../../data/use-command.ts';
import { bytes, counted } from '../../format/numbers.ts';
import { deskAddress, VIEWS } from '../../views.ts';
import { totalSize } from './total-size.ts';

/** The commands of a package; `error` is why the last one failed. */
export function usePackageCommands(one: ModelPackageAnswer) {
  const { id, name, files, aliases } = one;
  const { route } = useLocation();
  const { isBusy, error, run } = useCommand();
  const path = withSegments('/model-packages', id);
  const post = (command: string, confirmation?: Confirmation) =>
    run(async () => {
      await sendJson('POST', `${path}/${command}`);
      packages.reload();
    }, confirmation);
  return {
    isBusy,
    error,
    trade: (isOn: boolean) =>
      run(async () => {
        await setAutoTrade(one, isOn);
        packages.reload();
      }),
    warmUp: () => post('warmup'),
    restore: () => post('restore'),
    archive: () =>
      post('archive', {
        title: `Archive ${name}?`,
        detail:
          'Its account takes no new decisions; open lots run to their exits. The package can be restored at any time.',
        action: 'Archive',
      }),
    remove: () =>
      run(
        async () => {
          await sendJson(
            'DELETE',
            withQuery(path, { remove_aliases: aliases.length > 0 ? 'true' : undefined }),
          );
          toast(`Deleted ${name}.`);
          packages.reload();
          route(VIEWS.packages.path);
        },
        {
          title: `Delete ${name}?`,
          detail: `${counted(files.length, 'file')} (${bytes(totalSize(files))}) are deleted permanently${aliasesText(aliases)}. Its account and history stay readable.`,
          action: 'Delete permanently',
          isDanger: true,
          requiredText: id,
        },
      ),
  };
}

function aliasesText(aliases: readonly string[]): string {
  return aliases.length === 0 ? '' : `, with ${aliases.map((alias) => `@${alias}`).join(', ')}`;
}

interface PackageButtonsProps {
  readonly one: ModelPackageAnswer;
  readonly commands: ReturnType<typeof usePackageCommands>;
}

export function PackageButtons({ one, commands }: PackageButtonsProps) {
  const { isBusy } = commands;
  const isWarmingUp = one.warmup_status === 'RUNNING' || one.warmup_status === 'PENDING';
  return (
    <>
      <a class="button button-primary" href={deskAddress(one.id)}>
        Open desk
      </a>
      {one.status === 'ARCHIVED' ? (
        <>
          <Button onClick={commands.restore} isBusy={isBusy}>
            Restore
          </Button>
          <Button kind="danger" onClick={commands.remove} isBusy={isBusy}>
            Delete
          </Button>
        </>
      ) : (
        <>
          {one.auto_trade ? (
            <Button onClick={() => commands.trade(false)} isBusy={isBusy}>
              Stop paper trading
            </Button>
          ) : (
            <Button
              onClick={() => commands.trade(true)}
              isBusy={isBusy}
              disabled={one.warmup_status !== 'DONE'}
            >
              Start paper trading
            </Button>
          )}
          <Button onClick={commands.warmUp} isBusy={isBusy} disabled={isWarmingUp}>
            Warm up again
          </Button>
          <Button onClick={commands.archive} isBusy={isBusy}>
            Archive
          </Button>
        </>
      )}
    </>
  );
}
