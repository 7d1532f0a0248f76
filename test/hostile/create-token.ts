import { runCommandHere } from '../helper/command.ts';

/** Creates a service token with the command that people use. */
export async function createToken(database: string, name: string): Promise<string> {
  const { out } = await runCommandHere('token', ['create', name], { DATABASE_URL: `file:${database}` });
  return out.trim();
}
