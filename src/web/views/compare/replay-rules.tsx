import { Button } from '../../components/button.tsx';
import { SelectField, TextField } from '../../components/fields.tsx';
import { NO_RULES, type Rules, TRAINING_RULES } from './replay-wish.ts';

const AS_ACCOUNT = { value: '', label: 'as the account' };

const CHOICES = [
  {
    rule: 'opposite',
    label: 'Opposite signal',
    options: [
      { value: 'flip', label: 'closes and turns' },
      { value: 'hold', label: 'does nothing' },
    ],
  },
  {
    rule: 'stop_gap',
    label: 'Open beyond a stop fills',
    options: [
      { value: 'open', label: 'at that open' },
      { value: 'stop', label: 'at the stop' },
    ],
  },
  {
    rule: 'hold_clock',
    label: 'Longest hold counts',
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

interface ReplayRulesProps {
  readonly rules: Rules;
  readonly onChange: (rules: Rules) => void;
}

/** Other rules than those of the package's account. */
export function ReplayRules({ rules, onChange }: ReplayRulesProps) {
  return (
    <details>
      <summary>Rules: {describe(rules)}</summary>
      <div class="replay-form">
        <div class="presets">
          <Button size="small" onClick={() => onChange(NO_RULES)}>
            As the account
          </Button>
          <Button size="small" onClick={() => onChange(TRAINING_RULES)}>
            As in training
          </Button>
        </div>
        <div class="replay-fields">
          {CHOICES.map(({ rule, label, options }) => (
            <SelectField
              key={rule}
              label={label}
              value={rules[rule]}
              options={[AS_ACCOUNT, ...options]}
              onChange={(value) => onChange({ ...rules, [rule]: value })}
            />
          ))}
          <TextField
            label="Most lots"
            type="number"
            value={rules.max_positions}
            onInput={(value) => onChange({ ...rules, max_positions: value })}
            placeholder="as the account"
            min={1}
            max={10}
            step={1}
          />
          <TextField
            label="Kill switch (% of the balance)"
            type="number"
            value={rules.kill_level}
            onInput={(value) => onChange({ ...rules, kill_level: value })}
            placeholder="as the account"
            hint="0 is off"
            min={0}
            max={100}
            step="any"
          />
        </div>
      </div>
    </details>
  );
}

function describe(rules: Rules): string {
  const same = (other: Rules) => JSON.stringify(rules) === JSON.stringify(other);
  if (same(NO_RULES)) return 'those of the account';
  return same(TRAINING_RULES) ? 'those of the training' : 'changed';
}
