import type { Access } from '../auth/access.ts';
import { withAccess } from '../auth/with-access.ts';
import { readConfig } from '../config.ts';
import { storeName } from '../db/store-name.ts';
import { counted } from '../runtime/counted.ts';
import { isoTime } from '../runtime/iso-time.ts';
import { readArguments, UsageError } from './shared/arguments.ts';
import { runCommand } from './shared/run-command.ts';

const USAGE = `Service tokens, for the trading loop (PAPERDESK_TOKEN) and scripts:
  paperdesk token create NAME    creates one and shows it, this once
  paperdesk token list           lists all, without the tokens themselves
  paperdesk token revoke ID      revokes one
  paperdesk token revoke-all     revokes all, and ends all sessions: after the restore of a database, for example`;

const NO_ACTION = 'token needs one of create, list, revoke and revoke-all.';

/** Creates, lists and revokes service tokens in the store that DATABASE_URL names. */
await runCommand(USAGE, async () => {
  const [action, argument, ...others] = readArguments({ files: true }).files;
  const takesArgument = action === 'create' || action === 'revoke';
  if (
    (action !== 'list' && action !== 'revoke-all' && !takesArgument) ||
    (argument !== undefined) !== takesArgument ||
    others.length > 0
  ) {
    throw new UsageError(
      takesArgument ? `token ${action} needs one ${action === 'create' ? 'NAME' : 'ID'}.` : NO_ACTION,
    );
  }
  const config = readConfig(process.env, []);
  const use = async (access: Access) => {
    if (action === 'create') {
      const { token, id } = await access.createServiceToken(argument!);
      console.error(
        `The token "${argument}" (${id}) of ${storeName(config.store)} is shown this once; give it to the loop as ` +
          'PAPERDESK_TOKEN.',
      );
      console.log(token);
    } else if (action === 'revoke') {
      await access.revokeServiceToken(argument!);
      console.error(`${argument} is revoked.`);
    } else if (action === 'revoke-all') {
      const { tokens, sessions } = await access.endAllAccess();
      console.error(
        `Revoked ${counted(tokens, 'service token')}, and ended ${counted(sessions, 'session')}.`,
      );
    } else {
      const time = (ms: number | null) => (ms === null ? 'never' : isoTime(ms));
      const tokens = await access.serviceTokens();
      if (tokens.length === 0) console.error(`${storeName(config.store)} has no service tokens.`);
      for (const { id, name, createdAt, lastUsedAt, expiresAt } of tokens) {
        const used = `made ${time(createdAt)}  used ${time(lastUsedAt)}  expires ${time(expiresAt)}`;
        console.log(`${id}  ${name}  ${used}`);
      }
    }
  };
  // A token may be created before the first start; what there is to list or revoke is in a store.
  await withAccess(config, Date.now, use, { existing: action !== 'create' });
});
