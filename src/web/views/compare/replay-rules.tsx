import { Button } from '../../components/button.tsx';
import { SelectField, TextField } from '../../components/fields.tsx';
import { ACCOUNT_RULES, type ReplayRules, TRAINING_RULES } from './replay-input.ts';

const AS_ACCOUNT = 'as the account';

const SELECTS = [
  {
    rule: 'opposite',
    label: 'Opposite signal',
    options: [
      { value: 'flip', label: 'flips the position' },
      { value: 'hold', label: 'is ignored' },
    ],
  },
  {
    rule: 'stop_gap',
    label: 'Candle opens beyond a stop: fill',
    options: [
      { value: 'open', label: 'at the open' },
      { value: 'stop', label: 'at the stop' },
    ],
  },
  {
    rule: 'hold_clock',
    label: 'Hold clock',
    options: [
      { value: 'training', label: 'as in training' },
      { value: 'wall', label: 'true 48 hours' },
    ],
  },
  {
    rule: 'funding',
    label: 'Funding',
    options: [
      { value: 'on', label: 'paid and received' },
      { value: 'off', label: 'left out' },
    ],
  },
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
        <div class="presets">
          <Button size="small" onClick={() => onChange(ACCOUNT_RULES)}>
            As the account
          </Button>
          <Button size="small" onClick={() => onChange(TRAINING_RULES)}>
            As in training
          </Button>
        </div>
        <div class="replay-fields">
          {SELECTS.map(({ rule, label, options }) => (
            <SelectField
              key={rule}
              label={label}
              value={rules[rule]}
              options={[{ value: '', label: AS_ACCOUNT }, ...options]}
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
