import { parseArgs } from 'node:util';
import { withAccess } from '../auth/with-access.ts';
import { ConfigError, readConfig } from '../config.ts';
import { PaperdeskError } from '../errors.ts';

const USAGE = `Service tokens, for the trading loop (PAPERDESK_TOKEN) and scripts:
  token create NAME    makes one and shows it, this once
  token list           shows all, without the tokens themselves
  token revoke ID      ends one`;

/** Makes, lists and revokes service tokens in the store that DATABASE_URL names. */
async function main(): Promise<number> {
  const { positionals } = parseArgs({ allowPositionals: true });
  const [action, argument, ...others] = positionals;
  const takesArgument = action === 'create' || action === 'revoke';
  if (
    (action !== 'list' && !takesArgument) ||
    (argument !== undefined) !== takesArgument ||
    others.length > 0
  ) {
    console.error(USAGE);
    return 1;
  }
  const config = readConfig(process.env, []);
  await withAccess(config, Date.now, async (access) => {
    if (action === 'create') {
      const { token, id } = await access.createServiceToken(argument!);
      console.error(
        `The token "${argument}" (${id}) is shown this once; give it to the loop as PAPERDESK_TOKEN.`,
      );
      console.log(token);
    } else if (action === 'revoke') {
      await access.revokeServiceToken(argument!);
      console.error(`${argument} is revoked.`);
    } else {
      const time = (ms: number | null) => (ms === null ? 'never' : new Date(ms).toISOString());
      for (const { id, name, createdAt, lastUsedAt } of await access.serviceTokens()) {
        console.log(`${id}  ${name}  made ${time(createdAt)}  used ${time(lastUsedAt)}`);
      }
    }
  });
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  const expected = error instanceof ConfigError || error instanceof PaperdeskError;
  console.error(expected ? error.message : error);
  process.exitCode = 1;
}
