import type { SystemAnswer } from '../../../http/system/schema.ts';
import { counted } from '../../format/numbers.ts';
import { PART_LABELS } from './part-labels.ts';

type State = Pick<SystemAnswer, 'parts' | 'accounts'>;

/** Whether the service works, in a sentence: what is not ready comes first, then loops that have stopped. */
export function systemHeadline({ parts, accounts }: State): string {
  const labels = Object.entries(PART_LABELS) as [keyof State['parts'], string][];
  const notReady = labels.filter(([part]) => !parts[part].ready);
  if (notReady.length > 0)
    return `Not ready: ${notReady.map(([, label]) => label.toLowerCase()).join(', ')}.`;
  const silent = accounts.filter(({ loop }) => loop === 'silent').length;
  if (silent > 0)
    return `The service works, but ${silent} of ${counted(accounts.length, 'account')} lost its loop.`;
  const polled = accounts.filter(({ loop }) => loop !== 'none').length;
  const accountsText =
    accounts.length === 0
      ? 'no account yet'
      : `${polled} of ${counted(accounts.length, 'account')} ${polled === 1 ? 'trades' : 'trade'}`;
  return `The service works: all ${labels.length} parts are ready, ${accountsText}.`;
}
