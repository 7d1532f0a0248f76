import { withAccess } from '../auth/with-access.ts';
import { readConfig } from '../config.ts';
import { isoTime } from '../runtime/iso-time.ts';
import { readArguments } from './shared/arguments.ts';
import { runCommand } from './shared/run-command.ts';

const USAGE = `Service tokens, for the trading loop (PAPERDESK_TOKEN) and scripts:
  paperdesk token create NAME    creates one and shows it, this once
  paperdesk token list           lists all, without the tokens themselves
  paperdesk token revoke ID      revokes one
  paperdesk token revoke-all     revokes all, and ends all sessions: after the restore of a database, for example`;

/** Creates, lists and revokes service tokens in the store that DATABASE_URL names. */
await runCommand(USAGE, async () => {
  const [action, argument, ...others] = readArguments({ files: true }).files;
  const takesArgument = action === 'create' || action === 'revoke';
  if (
    (action !== 'list' && action !== 'revoke-all' && !takesArgument) ||
    (argument !== undefined) !== takesArgument ||
    others.length > 0
  ) {
    console.error(USAGE);
    process.exitCode = 1;
    return;
  }
  await withAccess(readConfig(process.env, []), Date.now, async (access) => {
    if (action === 'create') {
      const { token, id } = await access.createServiceToken(argument!);
      console.error(
        `The token "${argument}" (${id}) is shown this once; give it to the loop as PAPERDESK_TOKEN.`,
      );
      console.log(token);
    } else if (action === 'revoke') {
      await access.revokeServiceToken(argument!);
      console.error(`${argument} is revoked.`);
    } else if (action === 'revoke-all') {
      const { tokens, sessions } = await access.endAllAccess();
      console.error(`${tokens} service tokens are revoked, and ${sessions} sessions are ended.`);
    } else {
      const time = (ms: number | null) => (ms === null ? 'never' : isoTime(ms));
      for (const { id, name, createdAt, lastUsedAt, expiresAt } of await access.serviceTokens()) {
        const used = `made ${time(createdAt)}  used ${time(lastUsedAt)}  expires ${time(expiresAt)}`;
        console.log(`${id}  ${name}  ${used}`);
      }
    }
  });
});
