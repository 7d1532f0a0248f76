import type { ServiceTokensAnswer } from '../../../http/auth/schema.ts';
import { Button } from '../../components/button.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { EmptyState, ErrorNote } from '../../components/notes.tsx';
import { Panel } from '../../components/panel.tsx';
import { Time } from '../../components/time.tsx';
import { getJson, sendJson } from '../../data/api.ts';
import { confirmAction } from '../../data/confirmation.ts';
import { useResource } from '../../data/resource.ts';
import { toast } from '../../data/toasts.ts';
import { useSubmit } from '../../data/use-submit.ts';

type ServiceToken = ServiceTokensAnswer['items'][number];

/** Tokens of the loop and of scripts: they have no end, and are made on the machine of the service. */
export function ServiceTokens() {
  const tokens = useResource((signal) => getJson<ServiceTokensAnswer>('/api/auth/tokens', { signal }), []);
  const { error, run } = useSubmit();
  const revoke = async ({ id, name }: ServiceToken) => {
    const agreed = await confirmAction({
      title: `Revoke ${name}?`,
      detail: 'Whatever uses this token is refused from then on. A loop that uses it stops trading.',
      action: 'Revoke token',
      isDanger: true,
    });
    if (!agreed) return;
    await run(async () => {
      await sendJson('DELETE', `/api/auth/tokens/${encodeURIComponent(id)}`);
      toast(`${name} is revoked.`);
      tokens.reload();
    });
  };
  const columns: Column<ServiceToken>[] = [
    {
      key: 'name',
      label: 'Name',
      value: ({ name }) => name,
      cell: ({ name }) => <span class="foreign">{name}</span>,
    },
    {
      key: 'created',
      label: 'Made',
      unit: 'UTC',
      value: (one) => one.created_at,
      cell: (one) => <Time at={one.created_at} />,
    },
    {
      key: 'used',
      label: 'Last used',
      value: (one) => one.last_used_at,
      cell: (one) => (one.last_used_at === null ? 'never' : <Time at={one.last_used_at} show="age" />),
    },
    {
      key: 'revoke',
      label: '',
      cell: (one) => (
        <Button kind="quiet" size="small" label={`Revoke ${one.name}`} onClick={() => void revoke(one)}>
          Revoke
        </Button>
      ),
    },
  ];
  return (
    <Panel title="Service tokens" flush>
      {error !== undefined && <ErrorNote error={error} />}
      <Loaded of={tokens} lines={3}>
        {({ items }) => (
          <DataTable
            caption="Service tokens"
            columns={columns}
            rows={items}
            rowKey={({ id }) => id}
            empty={
              <EmptyState title="No service token yet">
                The loop and scripts need one now that there is a password. On the machine of the service, run{' '}
                <code>npm run token -- create loop</code>.
              </EmptyState>
            }
          />
        )}
      </Loaded>
    </Panel>
  );
}
