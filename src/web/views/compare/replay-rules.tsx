import { Button } from '../../components/button.tsx';
import { SelectField, TextField } from '../../components/fields.tsx';
import { ACCOUNT_RULES, type ReplayRules, TRAINING_RULES } from './replay-input.ts';

const AS_ACCOUNT = 'as the account';

const SELECTS = [
  ['opposite', 'Opposite signal', ['flip', 'flips the position'], ['hold', 'is ignored']],
  ['stop_gap', 'Candle opens beyond a stop: fill', ['open', 'at the open'], ['stop', 'at the stop']],
  ['hold_clock', 'Hold clock', ['training', 'as in training'], ['wall', 'in true hours']],
  ['funding', 'Funding', ['on', 'paid and received'], ['off', 'left out']],
] as const;

interface ReplayRulesFieldsProps {
  readonly rules: ReplayRules;
  readonly onChange: (rules: ReplayRules) => void;
}

/** Trading rules that differ from those of the package's account (paper.md#6). */
export function ReplayRulesFields({ rules, onChange }: ReplayRulesFieldsProps) {
  return (
    <details>
      <summary>Rules: {describe(rules)}</summary>
      <div class="replay-form">
        <div class="row">
          <Button size="small" onClick={() => onChange(ACCOUNT_RULES)}>
            As the account
          </Button>
          <Button size="small" onClick={() => onChange(TRAINING_RULES)}>
            As in training
          </Button>
        </div>
        <div class="replay-fields">
          {SELECTS.map(([rule, label, ...options]) => (
            <SelectField
              key={rule}
              label={label}
              value={rules[rule]}
              options={[['', AS_ACCOUNT], ...options]}
              onChange={(value) => onChange({ ...rules, [rule]: value })}
            />
          ))}
          <TextField
            label="Max lots"
            type="number"
            value={rules.max_positions}
            onInput={(value) => onChange({ ...rules, max_positions: value })}
            placeholder={AS_ACCOUNT}
            min={1}
            max={10}
            step={1}
          />
          <TextField
            label="Kill switch (% of the initial balance)"
            type="number"
            value={rules.kill_level}
            onInput={(value) => onChange({ ...rules, kill_level: value })}
            placeholder={AS_ACCOUNT}
            hint="0 turns it off"
            min={0}
            max={100}
            step="any"
          />
        </div>
      </div>
    </details>
  );
}

function describe(rules: ReplayRules): string {
  const equals = (other: ReplayRules) => JSON.stringify(rules) === JSON.stringify(other);
  if (equals(ACCOUNT_RULES)) return AS_ACCOUNT;
  return equals(TRAINING_RULES) ? 'as in training' : 'custom';
}
