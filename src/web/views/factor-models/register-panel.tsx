import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { Button } from '../../components/button.tsx';
import { TextField } from '../../components/fields.tsx';
import { ErrorNote } from '../../components/notes.tsx';
import { Panel } from '../../components/panel.tsx';
import { sendJson } from '../../data/api.ts';
import { confirmAction } from '../../data/confirmation.ts';
import { toast } from '../../data/toasts.ts';
import { useSubmit } from '../../data/use-submit.ts';
import { modelAddress } from './addresses.ts';
import type { FactorModel } from './use-model.ts';

/** Gives a directory of the service's machine a name, and shows what it has to look like. */
export function RegisterPanel({ known }: { readonly known: readonly FactorModel[] }) {
  const { query, route } = useLocation();
  const [name, setName] = useState('');
  const [path, setPath] = useState('');
  const { isBusy, error, run } = useSubmit();

  const register = async () => {
    const before = known.find((one) => one.model_name === name);
    const isOther = before !== undefined && before.root_path !== path;
    const agreed =
      !isOther ||
      (await confirmAction({
        title: `Give ${name} another directory?`,
        detail: `It is read from ${before.root_path} now, and from ${path} afterwards. No file is touched.`,
        action: 'Change the directory',
      }));
    if (!agreed) return;
    await run(async () => {
      await sendJson('POST', '/api/models', { model_name: name, root_path: path });
      toast(`${name} is registered.`);
      route(modelAddress(name, query));
    });
  };

  return (
    <Panel title="Register a directory">
      <div class="register">
        <form
          class="form"
          onSubmit={(event) => {
            event.preventDefault();
            void register();
          }}
        >
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
            hint="A directory on the machine of the service, with its path from the root."
          />
          {error !== undefined && <ErrorNote error={error} />}
          <div class="actions">
            <Button type="submit" kind="primary" isBusy={isBusy} disabled={name === '' || path === ''}>
              {isBusy ? 'Scanning' : 'Register and scan'}
            </Button>
          </div>
        </form>
        <DirectoryHint />
      </div>
    </Panel>
  );
}

const ARTIFACTS = [
  ['_factors.txt', 'one factor a line, in the order of the model’s inputs'],
  ['_ic.csv', 'columns symbol, factor_name, return_name, Kendall_tau'],
  ['_info.pkl', 'what training knew: periods, samples, config, importance'],
  ['_model.json', 'the model as XGBoost saves it; or'],
  ['_model.pkl', 'the pickled booster'],
] as const;

function DirectoryHint() {
  return (
    <div class="directory-hint">
      <h3>What the directory holds</h3>
      <p class="soft">
        Files that begin alike belong together, for example <code>SOLUSDT_mid_chg_1m</code>; folders below are
        searched too. One group for each symbol.
      </p>
      <dl>
        {ARTIFACTS.map(([suffix, what]) => (
          <div key={suffix}>
            <dt>
              <code>
                <span class="soft">…</span>
                {suffix}
              </code>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p class="soft">
        Files are read as data and never changed. One that is broken is a warning; everything else works.
      </p>
    </div>
  );
}
