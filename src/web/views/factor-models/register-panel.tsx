import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { Button } from '../../components/button.tsx';
import { TextField } from '../../components/fields.tsx';
import { Form } from '../../components/form.tsx';
import { ErrorNotice } from '../../components/messages.tsx';
import { Panel } from '../../components/panel.tsx';
import { sendJson } from '../../data/api.ts';
import { toast } from '../../data/toasts.ts';
import { useCommand } from '../../data/use-command.ts';
import { factorModelAddress } from '../../views.ts';
import type { FactorModel } from './use-factor-models.ts';

/** Registers a directory of the service's machine under a name. */
export function RegisterPanel({ registered }: { readonly registered: readonly FactorModel[] }) {
  const { query, route } = useLocation();
  const [name, setName] = useState('');
  const [path, setPath] = useState('');
  const { isBusy, error, run } = useCommand();

  const register = () => {
    const before = registered.find((one) => one.model_name === name);
    const confirmation = {
      title: `Change the directory of ${name}?`,
      detail: `It is read from ${before?.root_path} now, and from ${path} after the change. No file is changed.`,
      action: 'Change directory',
    };
    return run(
      async () => {
        await sendJson('POST', '/api/models', { model_name: name, root_path: path });
        toast(`Registered ${name}.`);
        route(factorModelAddress(name, query));
      },
      before !== undefined && before.root_path !== path ? confirmation : undefined,
    );
  };

  return (
    <Panel title="Register a directory">
      <div class="register">
        <Form class="form" onSubmit={() => void register()}>
          <TextField
            label="Name"
            value={name}
            onInput={setName}
            required
            maxLength={100}
            autoComplete="off"
            placeholder="sol-1m"
          />
          <TextField
            label="Path"
            value={path}
            onInput={setPath}
            required
            maxLength={4096}
            autoComplete="off"
            placeholder="/srv/training/output"
            hint="Absolute path of a directory on the service’s machine."
          />
          <ErrorNotice error={error} />
          <div class="row">
            <Button type="submit" kind="primary" isBusy={isBusy} disabled={name === '' || path === ''}>
              {isBusy ? 'Scanning' : 'Register and scan'}
            </Button>
          </div>
        </Form>
        <DirectoryHelp />
      </div>
    </Panel>
  );
}

const FILES = [
  ['_factors.txt', 'one factor per line, in the order of the model’s inputs'],
  ['_ic.csv', 'columns symbol, factor_name, return_name, Kendall_tau'],
  ['_info.pkl', 'training info: periods, samples, config, importance'],
  ['_model.json', 'the model as XGBoost saves it; or'],
  ['_model.pkl', 'the pickled booster'],
] as const;

/** The files of a directory (factor-models.md#1). */
function DirectoryHelp() {
  return (
    <div class="directory-help">
      <h3>Files of the directory</h3>
      <p class="muted">
        Files with the same beginning, such as <code>SOLUSDT_mid_chg_1m</code>, form a group. Each symbol can
        have one group. Subdirectories are searched as well.
      </p>
      <dl>
        {FILES.map(([suffix, content]) => (
          <div key={suffix}>
            <dt>
              <code>
                <span class="muted">…</span>
                {suffix}
              </code>
            </dt>
            <dd>{content}</dd>
          </div>
        ))}
      </dl>
      <p class="muted">
        Files are read as data and never changed. A broken file causes a warning and does not affect the
        others.
      </p>
    </div>
  );
}
