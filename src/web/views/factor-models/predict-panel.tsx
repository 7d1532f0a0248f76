import { useId, useState } from 'preact/hooks';
import type { PredictAnswer } from '../../../http/factor-models/predict/schema.ts';
import type { SymbolDetailAnswer } from '../../../http/factor-models/symbols/schema.ts';
import { Button } from '../../components/button.tsx';
import type { Column } from '../../components/columns.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { CheckboxField } from '../../components/fields.tsx';
import { Form } from '../../components/form.tsx';
import { ErrorNotice } from '../../components/messages.tsx';
import { Panel } from '../../components/panel.tsx';
import { sendJson } from '../../data/api.ts';
import { useCommand } from '../../data/use-command.ts';
import { significant } from '../../format/numbers.ts';
import { modelPath } from './model-path.ts';
import { parseRows } from './parse-rows.ts';

interface PredictPanelProps {
  readonly one: SymbolDetailAnswer;
}

const TITLE = 'Predict';

/** Predictions of the model for rows that the reader enters. */
export function PredictPanel({ one }: PredictPanelProps) {
  if (one.grpc_ready) return <PredictForm one={one} />;
  return (
    <Panel title={TITLE}>
      <p class="muted">
        Predictions need a readable model and a list of factors. The warnings above say what is missing.
      </p>
    </Panel>
  );
}

function PredictForm({ one: { model_name: name, symbol, factors } }: PredictPanelProps) {
  const id = useId();
  const [text, setText] = useState('');
  const [isMargin, setMargin] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [answer, setAnswer] = useState<PredictAnswer>();
  const { isBusy, error, run } = useCommand();

  const predict = () => {
    const parsed = parseRows(text);
    setAnswer(undefined);
    setProblem('problem' in parsed ? parsed.problem : undefined);
    if ('problem' in parsed) return;
    void run(async () => {
      const body = { rows: parsed.rows, output_margin: isMargin };
      setAnswer(await sendJson<PredictAnswer>('POST', modelPath(name, 'predict', symbol), body));
    });
  };
  const insertTemplate = () =>
    setText(JSON.stringify(Object.fromEntries(factors.map((factor) => [factor, 0])), null, 1));

  return (
    <Panel
      title={TITLE}
      actions={
        <Button size="small" kind="quiet" onClick={insertTemplate}>
          Insert template
        </Button>
      }
    >
      <Form class="predict" onSubmit={predict}>
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
            aria-describedby={problem === undefined ? `${id}-hint` : `${id}-hint ${id}-problem`}
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
          <span class="field-hint" id={`${id}-hint`}>
            One row per line: {factors.length} numbers in the order of the inputs, optionally below a line of
            factor names; or JSON. Empty values are missing values.
          </span>
          {problem !== undefined && (
            <span class="field-error" id={`${id}-problem`} role="alert">
              {problem}
            </span>
          )}
        </div>
        <div class="row">
          <Button type="submit" kind="primary" isBusy={isBusy} disabled={text.trim() === ''}>
            Predict
          </Button>
          <CheckboxField label="Raw margin" checked={isMargin} onChange={setMargin} />
        </div>
      </Form>
      <ErrorNotice error={error} />
      {answer !== undefined && <Predictions answer={answer} />}
    </Panel>
  );
}

interface Prediction {
  readonly row: number;
  readonly output: PredictAnswer['predictions'][number];
}

function Predictions({ answer }: { readonly answer: PredictAnswer }) {
  const { predictions, objective, trees, trees_used: used } = answer;
  const use = used === trees ? '' : `, ${used} of ${trees} trees`;
  const rows = predictions.map((output, index) => ({ row: index + 1, output }));
  return (
    <div class="predictions" role="status">
      <DataTable
        caption={`Predictions, ${objective}${use}`}
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
  { label: 'Row', value: ({ row }) => row },
  {
    label: 'Prediction',
    isNumber: true,
    cell: ({ output }) => [output].flat().map(formatOutput).join('  '),
  },
];

/** Outputs are float32, which have up to 8 significant digits. */
function formatOutput(value: number | null): string {
  return value === null ? 'not finite' : significant(value, 8);
}
