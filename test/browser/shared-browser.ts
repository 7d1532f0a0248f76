import { chromium } from 'playwright-core';
import type { TestProject } from 'vitest/node';
import { chromiumPath } from '../helper/chromium.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the browser that all files share. */
    browserAddress: string;
  }
}

/** A name that resolves to this machine, as a name of an attacker may. */
export const ATTACKER_HOST = 'evil.example';

const ARGUMENTS = [
  // Nothing but this machine can be reached.
  `--host-resolver-rules=MAP ${ATTACKER_HOST} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1`,
  // Newer browsers ask the user first; others let every page connect to this machine.
  '--disable-features=LocalNetworkAccessChecks',
  '--disable-dev-shm-usage',
];

/** Starts one browser for all files of the browser tests; returns how to stop it. */
export default async function startBrowser({ provide }: TestProject): Promise<() => Promise<void>> {
  const server = await chromium.launchServer({ executablePath: await chromiumPath(), args: ARGUMENTS });
  provide('browserAddress', server.wsEndpoint());
  return () => server.close();
}
