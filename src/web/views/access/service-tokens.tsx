import type { ServiceTokensAnswer } from '../../../http/auth/schema.ts';
import { Button } from '../../components/button.tsx';
import { type Column, textColumn, timeColumn } from '../../components/columns.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { ErrorNotice } from '../../components/messages.tsx';
import { Panel } from '../../components/panel.tsx';
import { WhenLoaded } from '../../components/when-loaded.tsx';
import { sendJson } from '../../data/api.ts';
import { useJson } from '../../data/resource.ts';
import { toast } from '../../data/toasts.ts';
import { withSegments } from '../../data/urls.ts';
import { useCommand } from '../../data/use-command.ts';
import { NewServiceToken } from './new-service-token.tsx';

type ServiceToken = ServiceTokensAnswer['items'][number];

/** Tokens of loops and scripts: made, listed and revoked. */
export function ServiceTokens() {
  const tokens = useJson<ServiceTokensAnswer>('/api/auth/tokens');
  const { error, run } = useCommand();
  const revoke = ({ id, name }: ServiceToken) =>
    run(
      async () => {
        await sendJson('DELETE', withSegments('/api/auth/tokens', id));
        toast(`Revoked ${name}.`);
        tokens.reload();
      },
      {
        title: `Revoke ${name}?`,
        detail: 'Requests with this token are refused from now on. A loop that uses it stops trading.',
        action: 'Revoke token',
        isDanger: true,
      },
    );
  const columns: Column<ServiceToken>[] = [
    textColumn('Name', ({ name }) => name),
    timeColumn('Created', (one) => one.created_at),
    timeColumn('Last used', (one) => one.last_used_at, { show: 'age', missing: 'never used' }),
    timeColumn('Expires', (one) => one.expires_at, {
      show: 'age',
      missing: 'when revoked',
      isDesktopOnly: true,
    }),
    {
      label: '',
      cell: (one) => (
        <Button kind="quiet" size="small" label={`Revoke ${one.name}`} onClick={() => void revoke(one)}>
          Revoke
        </Button>
      ),
    },
  ];
  return (
    <Panel title="Service tokens">
      <NewServiceToken onMade={tokens.reload} />
      <ErrorNotice error={error} />
      <WhenLoaded resource={tokens} lines={3}>
        {({ items }) => (
          <DataTable
            caption="Service tokens"
            columns={columns}
            rows={items}
            rowKey={({ id }) => id}
            empty={
              <p class="muted">No service token yet. With a password set, loops and scripts need one.</p>
            }
          />
        )}
      </WhenLoaded>
    </Panel>
  );
}
