import { useId, useState } from 'preact/hooks';
import type { PredictAnswer, SymbolDetailAnswer } from '../../../http/factor-models/schema.ts';
import { Button } from '../../components/button.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { CheckField } from '../../components/fields.tsx';
import { ErrorNote } from '../../components/notes.tsx';
import { Panel } from '../../components/panel.tsx';
import { sendJson } from '../../data/api.ts';
import { useSubmit } from '../../data/use-submit.ts';
import { modelRoute } from './addresses.ts';
import { parseRows } from './predict-rows.ts';

/** Asks the model for predictions on rows that are pasted. */
export function PredictPanel({ one }: { readonly one: SymbolDetailAnswer }) {
  if (!one.grpc_ready) {
    return (
      <Panel title="Try a prediction">
        <p class="soft">
          There is no model to ask: it needs one that can be read, and a list of factors. The warnings above
          say what is missing.
        </p>
      </Panel>
    );
  }
  return <PredictForm one={one} />;
}

function PredictForm({ one }: { readonly one: SymbolDetailAnswer }) {
  const id = useId();
  const [text, setText] = useState('');
  const [isMargin, setMargin] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [answer, setAnswer] = useState<PredictAnswer>();
  const { isBusy, error, run } = useSubmit();
  const { model_name: name, symbol, factors } = one;

  const predict = () => {
    const parsed = parseRows(text);
    setAnswer(undefined);
    setProblem('problem' in parsed ? parsed.problem : undefined);
    if ('problem' in parsed) return;
    void run(async () => {
      const body = { rows: parsed.rows, output_margin: isMargin };
      setAnswer(await sendJson<PredictAnswer>('POST', modelRoute(name, 'predict', symbol), body));
    });
  };
  const template = () =>
    setText(JSON.stringify(Object.fromEntries(factors.map((factor) => [factor, 0])), null, 1));

  return (
    <Panel
      title="Try a prediction"
      actions={
        <Button size="small" kind="quiet" onClick={template}>
          Insert a template
        </Button>
      }
    >
      <form
        class="predict"
        onSubmit={(event) => {
          event.preventDefault();
          predict();
        }}
      >
        <div class="field">
          <label for={id}>Factor values</label>
          <textarea
            id={id}
            class="input predict-rows"
            rows={5}
            spellcheck={false}
            autoComplete="off"
            value={text}
            aria-invalid={problem !== undefined}
            aria-describedby={`${id}-hint`}
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
          <span class="field-hint" id={`${id}-hint`}>
            A row a line, {factors.length} numbers in the order of the inputs; or names above them; or JSON.
            What is empty is missing.
          </span>
          {problem !== undefined && (
            <span class="field-error" role="alert">
              {problem}
            </span>
          )}
        </div>
        <div class="actions">
          <Button type="submit" kind="primary" isBusy={isBusy} disabled={text.trim() === ''}>
            Predict
          </Button>
          <CheckField label="Raw margin" checked={isMargin} onChange={setMargin} />
        </div>
      </form>
      {error !== undefined && <ErrorNote error={error} />}
      {answer !== undefined && <Predictions answer={answer} />}
    </Panel>
  );
}

interface Prediction {
  readonly row: number;
  readonly output: PredictAnswer['predictions'][number];
}

function Predictions({ answer: { predictions, objective } }: { readonly answer: PredictAnswer }) {
  const rows = predictions.map((output, index) => ({ row: index + 1, output }));
  return (
    <div class="predictions" role="status">
      <DataTable
        caption={`Predictions, ${objective}`}
        columns={COLUMNS}
        rows={rows}
        rowKey={({ row }) => String(row)}
        empty={null}
        height="16rem"
      />
    </div>
  );
}

const COLUMNS: readonly Column<Prediction>[] = [
  { key: 'row', label: 'Row', value: ({ row }) => row },
  { key: 'output', label: 'Prediction', isNumber: true, cell: ({ output }) => outputText(output) },
];

/** As precise as float32 is. */
function outputText(output: Prediction['output']): string {
  const written = (value: number | null) =>
    value === null ? 'not finite' : String(Number(value.toPrecision(8)));
  return Array.isArray(output) ? output.map(written).join('  ') : written(output);
}
